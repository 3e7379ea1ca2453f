"""Bytes to text: the ladder of character sets, with Japanese mail in mind.

Order: the declared charset; ISO-2022-JP with vendor characters (①㈱髙), which Python's own codecs refuse;
UTF-8; cp932; EUC-JP; a guess among the other scripts; at last cp1252, marked as a loss.
"""

import codecs
import re
from dataclasses import dataclass
from functools import lru_cache

from .iso2022 import decode_iso2022

_SAMPLE = 8_000  # bytes that a guess looks at
_ISO2022 = re.compile(rb"\x1b(\$[@B]|\$\([A-Z@]|\([BJI])")
_KANA_LETTER = re.compile("[\u3041-\u3096\u30a1-\u30fa\u30fc]")
_PAIRS = re.compile(rb"(?:[\xa1-\xfe][\xa1-\xfe])+")
_UNWANTED = re.compile("[\x00\ud800-\udfff]")

_ALIASES = {
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "x-sjis-jp": "cp932",
    "ms_kanji": "cp932",
    "windows-31j": "cp932",
    "ms932": "cp932",
    "cp943": "cp932",
    "cp943c": "cp932",
    "x-euc-jp": "euc_jp",
    "eucjp": "euc_jp",
    "eucjp-ms": "euc_jp",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "windows-936": "gb18030",
    "hz-gb-2312": "hz",
    "big5": "big5hkscs",
    "big-5": "big5hkscs",
    "x-big5": "big5hkscs",
    "cp950": "cp950",
    "euc-kr": "cp949",
    "euckr": "cp949",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601-1989": "cp949",
    "ksc5601": "cp949",
    "ksc_5601": "cp949",
    "windows-949": "cp949",
    "x-windows-949": "cp949",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-1-windows-3.1-latin-1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "ansi": "cp1252",
    "ansi_x3.4-1968": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "windows-874": "cp874",
    "iso-8859-8-i": "iso8859_8",
    "iso-8859-8-e": "iso8859_8",
    "macintosh": "mac_roman",
    "x-mac-roman": "mac_roman",
    "x-mac-cyrillic": "mac_cyrillic",
    "x-mac-japanese": "cp932",
    "x-mac-ce": "mac_latin2",
    "unicode-1-1-utf-7": "utf_7",
    "unicode-1-1-utf-8": "utf_8",
    "utf8mb4": "utf_8",
    "utf-8": "utf_8",
    "utf8": "utf_8",
    "koi8-ru": "koi8_u",
    "windows-1252http-equivcontent-type": "cp1252",
}
_VAGUE = frozenset({"", "cp1252", "latin_1", "iso8859-1", "iso8859_15", "cp1254"})
_SPECIAL_CODECS = frozenset(
    [
        "idna",
        "punycode",
        "raw_unicode_escape",
        "unicode_escape",
        "undefined",
        "mbcs",
        "oem",
        "palmos",
        "rot_13",
        "base64_codec",
        "bz2_codec",
        "hex_codec",
        "quopri_codec",
        "uu_codec",
        "zlib_codec",
    ]
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the charset it was read with, and whether characters were lost."""

    text: str
    charset: str
    lossy: bool = False


def clean(text: str) -> str:
    """Text that can be stored: without NUL, lone surrogates become the replacement character."""
    if _UNWANTED.search(text) is None:
        return text
    paired = text.replace("\x00", "").encode("utf-16-le", "surrogatepass")
    return paired.decode("utf-16-le", "replace")


@lru_cache(maxsize=512)
def codec_name(declared: str) -> str:
    """Python's name of a charset as mail declares it; empty when there is no such text codec."""
    name = declared.strip().strip("\"'").strip().lower().replace(" ", "")
    if not name or len(name) > 60:
        return ""
    name = _ALIASES.get(name) or _ALIASES.get(name.replace("_", "-")) or name
    name = re.sub(r"^(x-)?(?:cp|windows|win|microsoft)-?_?(\d{3,4})$", r"cp\2", name)
    if "2022" in name and "jp" in name:
        return "iso2022_jp"
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError, UnicodeError):
        return ""
    if not getattr(found, "_is_text_encoding", True) or found.name.replace("-", "_") in _SPECIAL_CODECS:
        return ""
    return found.name


def decode(data: bytes, declared: str = "", *, guess_western: bool = True) -> Decoded:
    """The text of `data`, by the ladder; never raises.

    `guess_western` reads bytes that nothing explains as cp1252; without it they are a marked loss.
    """
    found = _ladder(data, codec_name(declared), guess_western)
    return Decoded(clean(found.text), found.charset, found.lossy)


def _ladder(data: bytes, codec: str, guess_western: bool) -> Decoded:
    if codec in ("", "cp1252", "utf-8", "cp932", "iso2022_jp") and _ISO2022.search(data[:200_000]):
        return Decoded(*decode_iso2022(data))
    if data.isascii() and codec not in (
        "utf-7",
        "hz",
        "iso2022_kr",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "utf-32",
    ):
        return Decoded(data.decode("ascii"), codec or "us-ascii")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) and len(data) % 2 == 0:
        codec = "utf-16"
    if codec == "iso2022_jp":
        return _guess(data, "") or _lost(data, "utf-8")
    if codec and codec not in _VAGUE:
        return _declared(data, codec)
    if found := _guess(data, codec):
        return found
    return _western(data, codec) if guess_western else _lost(data, "utf-8")


def _strict(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, ValueError, LookupError):
        return None


def _declared(data: bytes, codec: str) -> Decoded:
    """Decode with a codec that was named; a wrong name is found out, some broken bytes are not a wrong name."""
    text = _strict(data, "utf-8-sig" if codec == "utf-8" else codec)
    if text is not None:
        return Decoded(text, codec)
    if codec == "utf-8" and data.endswith(b"\x00"):
        return _declared(data.rstrip(b"\x00"), codec)
    lost = _lost(data, codec)
    high = sum(byte > 127 for byte in data[:_SAMPLE])
    if lost.text[:_SAMPLE].count("\ufffd") <= max(1, high // 20):
        return lost
    return _guess(data, "") or lost


def _lost(data: bytes, codec: str) -> Decoded:
    return Decoded(data.decode(codec, "replace"), codec, True)


def _guess(data: bytes, codec: str) -> Decoded | None:
    """Decode bytes whose charset is not named, or is named by a word that means little (us-ascii, iso-8859-1)."""
    text = _strict(data, "utf-8-sig")
    if text is not None:
        return Decoded(text, "utf-8")
    return _japanese(data) or _east_asian(data) or (_other_script(data) if not codec else None)


def _western(data: bytes, codec: str) -> Decoded:
    if codec not in ("", "cp1252") and (text := _strict(data, codec)) is not None:
        return Decoded(text, codec)
    mostly_utf8 = data.decode("utf-8", "replace")
    bad, good = mostly_utf8.count("\ufffd"), sum(char > "\x7f" for char in mostly_utf8[:_SAMPLE])
    if bad * 4 < good:
        return Decoded(mostly_utf8, "utf-8", True)
    return Decoded("".join(_cp1252_table()[byte] for byte in data), "cp1252", codec == "")


@lru_cache(maxsize=1)
def _cp1252_table() -> list[str]:
    return [_strict(bytes([byte]), "cp1252") or chr(byte) for byte in range(256)]


def _japanese(data: bytes) -> Decoded | None:
    """cp932 or EUC-JP, where the outcome reads like Japanese."""
    best: Decoded | None = None
    best_score = 0.5
    for codec in ("cp932", "euc_jp"):
        text = _strict(data, codec)
        if text is None or (score := _japanese_score(text[:_SAMPLE])) <= best_score:
            continue
        if _KANA_LETTER.search(text) or score > 0.95:  # without kana it may as well be Chinese
            best, best_score = Decoded(text, codec), score
    if best is None and len(data) > 40:
        loose = data.decode("cp932", "replace")
        if loose.count("\ufffd") * 50 < len(loose) and _japanese_score(loose[:_SAMPLE]) > 0.8:
            return Decoded(loose, "cp932", True)
    return best


def _japanese_score(text: str) -> float:
    """Share (0…1) of the characters beyond ASCII that stand in a run such as Japanese text has."""
    foreign = good = 0
    for run in re.findall(r"[^\x00-\x7f]+", text):
        foreign += len(run)
        plausible = sum(_is_japanese(char) for char in run)
        if len(run) > 1 or re.match(r"[\u3041-\u30ff\u3001-\u300f]", run):
            good += plausible
    return good / foreign if foreign else 0.0


def _is_japanese(char: str) -> bool:
    if "\uff61" <= char <= "\uff9f":
        return False  # half-width katakana: what EUC-JP and Latin text turn into when read as cp932
    if "\u3000" <= char <= "\u30ff" or "\uff01" <= char <= "\uff5e" or "\u2460" <= char <= "\u257f":
        return True
    return "\u4e00" <= char <= "\u9fff" and _is_level_one(char)


@lru_cache(maxsize=4096)
def _is_level_one(char: str) -> bool:
    """True for the kanji of JIS level 1, the ones in daily use."""
    encoded = char.encode("euc_jp", "ignore")
    return len(encoded) == 2 and encoded[0] <= 0xCF


def _east_asian(data: bytes) -> Decoded | None:
    """GB2312 or EUC-KR, told from the lead bytes of their everyday characters; both are pairs of high bytes."""
    sample = data[:_SAMPLE]
    runs = b"".join(_PAIRS.findall(sample))
    high = sum(byte > 127 for byte in sample)
    if len(runs) < 8 or len(runs) < high * 0.97:
        return None
    leads = [byte for byte in runs[::2] if byte >= 0xB0]
    if len(leads) * 2 < len(runs) * 0.4:
        return None
    hangul = sum(byte <= 0xC8 for byte in leads) / len(leads)
    hanzi = sum(byte <= 0xD7 for byte in leads) / len(leads)
    codec = "cp949" if hangul > 0.97 else "gb18030" if hanzi > 0.8 else ""
    text = _strict(data, codec) if codec else None
    return Decoded(text, codec) if text is not None else None


_OTHER_CODECS = [
    "big5",
    "cp1251",
    "koi8_r",
    "iso8859_5",
    "cp1253",
    "cp1255",
    "cp1256",
    "cp874",
    "gb18030",
    "cp949",
]


def _other_script(data: bytes) -> Decoded | None:
    """Cyrillic, Greek, Hebrew, Arabic, Thai and the rest of Chinese, by charset-normalizer on a sample."""
    from charset_normalizer import from_bytes

    sample = data[:_SAMPLE]
    if sum(byte > 127 for byte in sample) * 4 < len(sample) or len(sample) < 12:
        return None  # few letters beyond ASCII: a Western language
    found = from_bytes(sample, steps=3, chunk_size=512, threshold=0.2, cp_isolation=_OTHER_CODECS).best()
    text = _strict(data, found.encoding) if found is not None else None
    if found is None or text is None or "\x00" in text:
        return None
    return Decoded(text, found.encoding)
