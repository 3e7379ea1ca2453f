"""Reading tables: encodings, separators, quoting, and bytes that mean nothing."""

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mikomi.core.tables.encodings import detect
from mikomi.core.tables.reading import ROW_TOO_LONG, UNCLOSED_QUOTE, Row, open_table, read_bytes

ORDERS = "注文番号,氏名,備考\nEC-1,山田 太郎,のし希望\n"


def cells(data: bytes) -> list[list[str]]:
    return [row.cells for row in read_bytes(data)]


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp932", "euc_jp", "iso2022_jp"],
)
def test_a_japanese_table_is_read_in_every_encoding(encoding: str) -> None:
    assert cells(ORDERS.encode(encoding)) == [["注文番号", "氏名", "備考"], ["EC-1", "山田 太郎", "のし希望"]]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp949", "주문번호,이름\n1,홍길동\n"),
        ("gb18030", "订单号,姓名\n1,张伟的朋友\n"),
        ("big5", "訂單編號,姓名\n1,陳先生的朋友\n"),
        ("cp1252", "Nom,Ville\nÉric,Orléans\n"),
        ("cp1251", "Имя,Город\nАлександр Иванов,Санкт-Петербург\n"),
    ],
)
def test_a_table_of_another_language_is_read(encoding: str, text: str) -> None:
    assert cells(text.encode(encoding)) == [line.split(",") for line in text.splitlines()]


@pytest.mark.parametrize("name", ["髙橋 一郎", "㈱ミコミ", "①番", "澤田 凛", "齋藤 薫", "ﾔﾏﾀﾞ ﾀﾛｳ"])
def test_vendor_characters_of_cp932_survive(name: str) -> None:
    assert cells(f"id,name\n1,{name}\n".encode("cp932"))[1] == ["1", name]


def test_vendor_characters_in_iso_2022_jp_are_read() -> None:
    inside = b"\x1b$B-!-j|b6b\x1b(B"  # ①㈱髙 and 金: JIS pairs of the NEC and IBM rows
    assert cells(b"id,name\n1," + inside + b"\n")[1][1].startswith("①㈱")


def test_vendor_characters_in_euc_jp_are_read() -> None:
    data = "番号,会社の名前です\n1,".encode("euc_jp") + b"\xad\xa1\xad\xea" + "みこみ\n".encode("euc_jp")
    assert cells(data)[1][1] == "①㈱みこみ"


def test_the_first_japanese_character_may_come_late() -> None:
    filler = b"1,plain ascii text\n" * 150_000
    stream = io.BytesIO(filler + "2,東京都\n".encode("cp932"))
    assert detect(stream).name == "cp932"


def test_a_few_broken_bytes_do_not_change_the_encoding() -> None:
    data = ("氏名,住所\n" + "山田太郎,東京都千代田区\n" * 20).encode() + b"\xe5\xb1,x\n"
    table = open_table(io.BytesIO(data))
    assert (table.encoding.name, table.encoding.lost) == ("utf-8", 1)
    assert list(table.rows())[5].cells == ["山田太郎", "東京都千代田区"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_separator_is_found(delimiter: str) -> None:
    text = (
        delimiter.join(["name", "price", "note"]) + "\n" + delimiter.join(["tea", '"1,5;2\t3|4"', "x"]) + "\n"
    )
    assert cells(text.encode())[1] == ["tea", "1,5;2\t3|4", "x"]


def test_excel_may_name_the_separator() -> None:
    rows = read_bytes(b"sep=;\r\na;b,c\r\n1;2\r\n")
    assert rows == [Row(2, ["a", "b,c"]), Row(3, ["1", "2"])]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_numbers_are_those_of_the_file(end: str) -> None:
    rows = read_bytes(end.join(["a,b", '"one', 'two",x', "", "c,d"]).encode())
    assert [(row.line, row.cells) for row in rows] == [
        (1, ["a", "b"]),
        (2, [f"one{end}two", "x"]),
        (5, ["c", "d"]),
    ]


def test_quotes_inside_a_cell_are_text_unless_a_separator_follows() -> None:
    assert cells(b'a,"5" pipe","x" ,d\n')[0] == ["a", '5" pipe', "x", "d"]


def test_ragged_rows_are_given_as_they_are() -> None:
    assert cells(b"a,b,c\n1\n1,2,3,4\n") == [["a", "b", "c"], ["1"], ["1", "2", "3", "4"]]


@pytest.mark.parametrize(
    "cell", ["x" * 10_000_000, '"' + "x" * 10_000_000 + '"', '"' + ("x,y " * 500 + "\n") * 5_000 + '"']
)
def test_a_giant_cell_is_one_row_error_and_reading_goes_on(cell: str) -> None:
    rows = read_bytes(f"a,b\n1,{cell}\n2,y\n".encode())
    assert [row.problem for row in rows] == [None, ROW_TOO_LONG, None]
    assert rows[1].line == 2
    assert rows[2].cells == ["2", "y"]


def test_a_stray_quote_does_not_swallow_the_file() -> None:
    data = b'a,b\n1,"tea\n' + b"2,milk\n" * 50
    rows = read_bytes(data)
    assert len(rows) == 52
    assert rows[1] == Row(2, ["1", '"tea'], UNCLOSED_QUOTE)
    assert rows[2] == Row(3, ["2", "milk"])


def test_a_file_cut_off_inside_quotes_says_so() -> None:
    assert read_bytes(b'a,b\n1,"tea\nand mi')[1] == Row(2, ["1", "tea\nand mi"], UNCLOSED_QUOTE)


def test_many_stray_quotes_stay_quick() -> None:
    rows = read_bytes(b'"a,b\n' * 3_000)
    assert len(rows) == 3_000


def test_nul_characters_are_dropped_and_counted() -> None:
    table = open_table(io.BytesIO(b"a,b\n1,te\0a\n" + b"2,milk and more text\n" * 9))
    assert list(table.rows())[1].cells == ["1", "tea"]
    assert table.nuls == 1


def test_a_path_and_a_stream_that_cannot_seek_are_read(tmp_path: Path) -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    path = tmp_path / "orders.csv"
    path.write_bytes(ORDERS.encode("cp932"))
    with open_table(path) as from_path, open_table(Pipe(ORDERS.encode())) as from_pipe:
        assert list(from_path.rows()) == list(from_pipe.rows())


def test_an_empty_file_has_no_rows() -> None:
    assert read_bytes(b"") == []


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_make_it_raise(data: bytes) -> None:
    for row in read_bytes(data):
        assert "\0" not in "".join(row.cells)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from([b'"', b",", b"\n", b"\r", b"a", b" ", b"\xe5\xb1\xb1", b"\x1b$B", b"\x8f", b"\x00"])
    )
)
def test_no_mixture_of_special_bytes_makes_it_raise(pieces: list[bytes]) -> None:
    read_bytes(b"".join(pieces))
