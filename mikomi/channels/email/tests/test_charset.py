"""The ladder of character sets (reference 1.8)."""

import pytest

from mikomi.channels.email.reading.charset import clean, codec_name, decode

VENDOR = "①㈱髙島屋"
LETTER = "こんにちは。ご注文ありがとうございます。"


def jis(text: str) -> bytes:
    """ISO-2022-JP with the vendor rows, as Outlook writes it: JIS pairs of the cp932 bytes."""
    out = b"\x1b$B"
    for char in text:
        lead, trail = char.encode("cp932")
        lead -= 0x71 if lead <= 0x9F else 0xB1
        row = lead * 2 + 1
        if trail > 0x7F:
            trail -= 1
        if trail >= 0x9E:
            out += bytes([row + 1, trail - 0x7D])
        else:
            out += bytes([row, trail - 0x1F])
    return out + b"\x1b(B"


def test_iso_2022_jp_with_vendor_characters() -> None:
    assert decode(jis("①㈱"), "iso-2022-jp").text == "①㈱"
    assert decode(jis(LETTER), "iso-2022-jp").text == LETTER


@pytest.mark.parametrize("declared", ["", "us-ascii", "utf-8", "shift_jis"])
def test_iso_2022_jp_is_found_by_its_escapes(declared: str) -> None:
    assert decode(jis(LETTER), declared).text == LETTER


@pytest.mark.parametrize(
    ("data", "declared"),
    [
        (LETTER.encode(), "utf-8"),
        (LETTER.encode(), ""),
        (LETTER.encode(), "iso-8859-1"),
        (VENDOR.encode("cp932"), "shift_jis"),
        (LETTER.encode("cp932"), ""),
        (LETTER.encode("cp932"), "utf-8"),
        (LETTER.encode("euc_jp"), "euc-jp"),
        (LETTER.encode("euc_jp"), ""),
        (LETTER.encode("euc_jp"), "us-ascii"),
        (b"\xef\xbb\xbf" + LETTER.encode(), "utf-8"),
    ],
)
def test_japanese_is_read_whatever_the_label_says(data: bytes, declared: str) -> None:
    found = decode(data, declared)
    assert found.text in (LETTER, VENDOR)
    assert not found.lossy


@pytest.mark.parametrize(
    ("text", "codec", "declared"),
    [
        ("Grüße aus Köln", "latin-1", "iso-8859-1"),
        ("“quoted” €5", "cp1252", "iso-8859-1"),
        ("整体提升企业服务水平", "gb18030", "gb2312"),
        ("整体提升企业服务水平", "gb18030", ""),
        ("안녕하세요 반갑습니다", "cp949", "ks_c_5601-1987"),
        ("Привет, как дела", "koi8_r", "koi8-r"),
        ("ภาษาไทย", "cp874", "tis-620"),
    ],
)
def test_other_languages(text: str, codec: str, declared: str) -> None:
    assert decode(text.encode(codec), declared).text == text


def test_what_nothing_explains_is_a_marked_loss() -> None:
    found = decode(b"Fr\xf6sche", "utf-8")
    assert found.text == "Fr\ufffdsche"
    assert found.lossy


def test_nul_and_lone_surrogates_never_leave() -> None:
    assert clean("a\x00b\ud800c\U0001f600") == "ab\ufffdc\U0001f600"
    assert decode(b"+2AA-", "utf-7").text == "\ufffd"


@pytest.mark.parametrize("name", ["", "x" * 100, "base64", "rot13", "unicode_escape", "hex", "\x00", "🙂"])
def test_names_that_are_no_charset_of_text(name: str) -> None:
    assert codec_name(name) == ""
