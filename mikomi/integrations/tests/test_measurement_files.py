"""Files of measured values, as laboratories and spreadsheets write them."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from mikomi.integrations.files.issues import RowIssue
from mikomi.integrations.files.measurements import MeasuredRow
from mikomi.integrations.files.reading import Found, read_file
from mikomi.integrations.files.settings import ParseSettings

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 11, 18, 3, 0, tzinfo=UTC)


def read(data: bytes) -> list[Found]:
    with read_file(io.BytesIO(data), "measurements", ParseSettings(TOKYO, now=NOW)) as reading:
        return [*reading.issues, *reading.records()]


def test_a_japanese_file_in_cp932() -> None:
    text = (
        "測定日,測定値,単位,製造番号,試験機関\n2026/11/01,18.5,mpg,A-1,第三者試験所\n2026/11/02,19,mpg,A-2,\n"
    )
    first, second = read(text.encode("cp932"))
    assert isinstance(first, MeasuredRow)
    assert isinstance(second, MeasuredRow)
    assert first.line == 2
    one = first.measurement
    assert (one.value, one.item, one.measured_by) == ("18.5 mpg", "A-1", "第三者試験所")
    assert one.measured_at == datetime(2026, 11, 1, 12, tzinfo=TOKYO)
    assert second.measurement.once_key != one.once_key


def test_an_english_file_with_ids_and_times() -> None:
    (found,) = read(b"\xef\xbb\xbfID;Value;Date\n7;90 s;2026-11-01T10:00:00Z\n")
    assert isinstance(found, MeasuredRow)
    assert (found.measurement.once_key, found.measurement.value) == ("csv:7", "90 s")
    assert found.measurement.measured_at == datetime(2026, 11, 1, 10, tzinfo=UTC)


def test_equal_rows_are_two_measurements_and_the_same_two_the_next_time() -> None:
    data = b"value\n18\n18\n19\n"
    keys = [one.measurement.once_key for one in read(data) if isinstance(one, MeasuredRow)]
    assert len(set(keys)) == 3
    assert keys == [one.measurement.once_key for one in read(data) if isinstance(one, MeasuredRow)]


def test_what_is_wrong_with_a_row_is_said_with_its_line() -> None:
    found = read(b"value,date\n,2026-11-01\n18,someday\n18,01/02/2026\n\n19,2026-11-18\n")
    codes = [(one.line, one.code) for one in found if isinstance(one, RowIssue)]
    assert codes == [(2, "missing_value"), (3, "bad_date"), (4, "ambiguous_date")]
    assert all(one.message() for one in found if isinstance(one, RowIssue))
    (last,) = [one for one in found if isinstance(one, MeasuredRow)]
    assert last.measurement.measured_at == NOW


def test_a_file_without_a_column_of_values_is_refused() -> None:
    (issue,) = read(b"name,date\nx,2026-11-01\n")
    assert isinstance(issue, RowIssue)
    assert issue.code == "missing_columns"
    assert [one.code for one in read(b"") if isinstance(one, RowIssue)] == ["empty_file"]
