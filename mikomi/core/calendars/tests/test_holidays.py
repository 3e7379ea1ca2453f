"""Public holidays."""

from __future__ import annotations

import json
from datetime import date

import pytest

from mikomi.core.calendars.holidays import (
    UnknownRegionError,
    japanese_holidays,
    public_holidays,
    supported_regions,
)
from tests.paths import shared


def test_a_year_in_japan() -> None:
    found = japanese_holidays([2026])
    assert found[date(2026, 1, 1)] == "元日"
    assert found[date(2026, 5, 6)] == "振替休日"
    assert date(2026, 9, 22) in found  # between two holidays
    assert list(found) == sorted(found)
    assert {day.year for day in found} == {2026}


def test_japanese_holidays_agree_with_the_published_list() -> None:
    path = shared("corpus", "business_time", "jp_holidays_2015_2030.json")
    if path is not None:
        published = {date.fromisoformat(day) for day in json.loads(path.read_text(encoding="utf-8"))}
        assert set(japanese_holidays(range(2015, 2031))) == published


def test_a_subdivision_has_its_own_days() -> None:
    whole, bavaria = public_holidays("DE", [2026]), public_holidays("DE", [2026], "BY")
    assert date(2026, 1, 6) in bavaria
    assert date(2026, 1, 6) not in whole
    assert "BY" in supported_regions()["DE"]


@pytest.mark.parametrize(("country", "subdivision"), [("XX", None), ("", None), ("DE", "QQ")])
def test_an_unknown_region_is_refused(country: str, subdivision: str | None) -> None:
    with pytest.raises(UnknownRegionError):
        public_holidays(country, [2026], subdivision)
