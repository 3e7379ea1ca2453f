"""Writing CSV: harmless cells, and the way back."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mikomi.core.tables.reading import read_bytes
from mikomi.core.tables.writing import CP932, REPLACEMENT, UTF8, CsvWriter, guard, unguard


def written(rows: Sequence[Sequence[object]], encoding: str = UTF8) -> bytes:
    return b"".join(CsvWriter(encoding).chunks(["a", "b"], rows))  # type: ignore[arg-type]


@pytest.mark.parametrize("cell", ["=1+1", "+81 90", "-x", "@SUM(A1)", "\tx", "\rx", "＝1", "'=1"])
def test_a_formula_becomes_text(cell: str) -> None:
    assert guard(cell) == "'" + cell
    assert unguard(guard(cell)) == cell


def test_numbers_dates_and_blanks_stay_what_they_are() -> None:
    data = written([[-5, Decimal("-1.5")], [date(2026, 11, 22), None]])
    assert data.decode(UTF8).splitlines() == ["a,b", "-5,-1.5", "2026-11-22,"]


def test_utf8_begins_with_a_byte_order_mark() -> None:
    assert written([]).startswith(b"\xef\xbb\xbf")


def test_what_cp932_lacks_is_replaced_and_counted() -> None:
    writer = CsvWriter(CP932)
    data = b"".join(writer.chunks(["名前"], [["𠮷野 😀"], ["東京〜大阪"]]))
    assert writer.replaced == 2
    assert data.decode(CP932).splitlines() == ["名前", f"{REPLACEMENT}野 {REPLACEMENT}", "東京～大阪"]


def test_an_unknown_encoding_is_refused() -> None:
    with pytest.raises(ValueError, match="utf-16"):
        CsvWriter("utf-16")


def test_a_long_table_comes_in_pieces() -> None:
    pieces = list(CsvWriter().chunks(["a"], ([f"row {number}"] for number in range(50_000))))
    assert len(pieces) > 5


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
JAPANESE = st.text("山田太郎東京都abc123 ,;\"'\n\t=+-@、。アイウ", max_size=20)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(TEXT, TEXT), max_size=5))
def test_utf8_round_trip(rows: list[tuple[str, str]]) -> None:
    data = written([["必ず", "x"], *[list(row) for row in rows]])
    back = [[unguard(cell) for cell in row.cells] for row in read_bytes(data)]
    assert back == [["a", "b"], ["必ず", "x"], *map(list, rows)]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(JAPANESE, JAPANESE), max_size=5))
def test_cp932_round_trip(rows: list[tuple[str, str]]) -> None:
    data = written([["注文番号の一覧です", "、。"], *[list(row) for row in rows]], CP932)
    back = [[unguard(cell) for cell in row.cells] for row in read_bytes(data)]
    assert back[2:] == [list(row) for row in rows]


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp932", "euc_jp", "iso2022_jp"]),
    st.lists(st.text("山田太郎東京都港区アイウあいう0123", min_size=1, max_size=9), min_size=2, max_size=8),
)
def test_every_encoding_round_trips(encoding: str, words: list[str]) -> None:
    text = "お客様の氏名,ご住所について\n" + "\n".join(f"{word},x" for word in words) + "\n"
    assert [row.cells for row in read_bytes(text.encode(encoding))][1:] == [[word, "x"] for word in words]
