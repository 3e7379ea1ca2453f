"""Dates and parts of the day, as people and shops write them."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mikomi.integrations.files.dates import (
    AmbiguousDateError,
    is_no_date,
    parse_band,
    parse_moment,
    split_date_and_band,
)

TOKYO = ZoneInfo("Asia/Tokyo")
EARLIEST, LATEST = datetime.fromisoformat("1970-01-01"), datetime.fromisoformat("2100-01-01")
AFTERNOON = datetime(2026, 9, 1, 14, 30, tzinfo=TOKYO)


@pytest.mark.parametrize(
    "text",
    [
        "2026-09-01 14:30",
        "2026/9/1 14:30:00",
        "2026年9月1日 14時30分",
        "２０２６年９月１日　午後２時３０分",
        "令和8年9月1日(火) 14:30",
        "2026-09-01T14:30:00+09:00",
        "2026-09-01 14:30:00 +0900",
        "2026-09-01T05:30:00Z",
        "2026-09-01 05:30:00 UTC",
        "2026-09-01 14:30 JST",
        "2026-09-01T14:30:00+09:00[Asia/Tokyo]",
        "20260901143000",
        "20260901T143000",
        "Sep 1, 2026 2:30 PM",
        "1 September 2026 14:30",
        "Tue, 01 Sep 2026 14:30:00 +0900",
        "2026-09-01T05:30:00.000Z",
        "Tue Sep 01 2026 14:30:00 GMT+0900 (Japan Standard Time)",
        "2026.09.01 14:30",
        "2026-09-01 01:30:00 -0400",
    ],
)
def test_a_moment_is_read(text: str) -> None:
    found = parse_moment(text, TOKYO)
    assert isinstance(found, datetime)
    assert found == AFTERNOON


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22",
        "2026/11/22",
        "2026年11月22日",
        "令和8年11月22日",
        "R8.11.22",
        "20261122",
        "22 Nov 2026",
        "November 22, 2026",
        "22/11/2026",
        "11/22/2026",
        "22.11.2026",
        "2026年11月22日（日）",
        "'2026-11-22",
    ],
)
def test_a_day_without_time_stays_a_day(text: str) -> None:
    found = parse_moment(text, TOKYO)
    assert found == date(2026, 11, 22)
    assert not isinstance(found, datetime)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "2026-13-01",
        "2026-02-30",
        "2026-09",
        "99999",
        "2026-09-01 25:00",
        "2026-09-01 10:30 XYZ",
        "平成",
        "1/2",
        "2026-09-01 10:61",
        "0000-00-00",
        "9" * 100,
        "2026-09-01T10:30:00+99:00",
        "2026-09-01 and more",
    ],
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert parse_moment(text, TOKYO) is None


def test_day_and_month_are_not_guessed() -> None:
    with pytest.raises(AmbiguousDateError):
        parse_moment("01/02/2026", TOKYO)
    assert parse_moment("01/02/2026", TOKYO, True) == date(2026, 2, 1)
    assert parse_moment("01/02/2026", TOKYO, False) == date(2026, 1, 2)


def test_a_time_without_zone_is_local_to_the_business() -> None:
    found = parse_moment("2026-07-01 12:00", ZoneInfo("Europe/Berlin"))
    assert isinstance(found, datetime)
    assert found.astimezone(UTC).hour == 10


def test_twenty_four_oclock_is_the_next_day() -> None:
    assert parse_moment("2026-09-01 24:00", TOKYO) == datetime(2026, 9, 2, tzinfo=TOKYO)


@given(
    st.datetimes(EARLIEST, LATEST),
    st.sampled_from(["%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y年%m月%d日 %H時%M分%S秒"]),
)
def test_every_moment_comes_back(moment: datetime, form: str) -> None:
    whole = moment.replace(microsecond=0)
    assert parse_moment(whole.strftime(form), TOKYO) == whole.replace(tzinfo=TOKYO)


@given(st.text(max_size=70))
def test_no_text_makes_it_raise_anything_else(text: str) -> None:
    try:
        parse_moment(text, TOKYO)
    except AmbiguousDateError:
        return
    parse_band(text)
    split_date_and_band(text, TOKYO)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("午前中", time(8), time(12)),
        ("14時～16時", time(14), time(16)),
        ("14:00-16:00", time(14), time(16)),
        ("1416", time(14), time(16)),
        ("18時から20時", time(18), time(20)),
        ("19：00〜21：00", time(19), time(21)),
    ],
)
def test_a_part_of_the_day_is_read(text: str, start: time, end: time) -> None:
    band = parse_band(text)
    assert band is not None
    assert (band.text, band.start, band.end) == (text, start, end)


def test_an_unknown_part_of_the_day_is_kept_as_given() -> None:
    band = parse_band("夕方ごろ")
    assert band is not None
    assert (band.text, band.start) == ("夕方ごろ", None)


def test_no_wish_is_no_band() -> None:
    assert parse_band("指定なし") is None
    assert is_no_date("指定なし")
    assert is_no_date("0000-00-00 00:00:00")


def test_day_and_band_may_share_a_cell() -> None:
    day, band = split_date_and_band("2026年11月25日(水) 午前中", TOKYO)
    assert day == date(2026, 11, 25)
    assert band is not None
    assert band.start == time(8)
