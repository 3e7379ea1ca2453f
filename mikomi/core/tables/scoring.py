"""How much a decoded text looks like writing: the judge among encodings that all accept the bytes.

Every character beyond ASCII gets a weight, −2 (lost) … 1 (among the most used of its language); the
score is the mean over the bytes these characters took, so that one-byte and two-byte encodings compare.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from mikomi.core.tables import frequent

_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_HALF_KATAKANA_RUN = re.compile("^(?:[\uff66-\uff9d][\uff9e\uff9f]?|[\uff61-\uff65])+$")
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_LOST = -2.0


def score(text: str, codec: str) -> float:
    """Mean weight of what is beyond ASCII in `text`, decoded with `codec`; −2 … 1, 0 where there is
    nothing.
    """
    weigh = _WEIGHTS[codec]
    total = 0.0
    size = 0
    for found in _BEYOND_ASCII.finditer(text):
        run = found.group()
        natural_half = _HALF_KATAKANA_RUN.match(run) is not None and len(run) > 1
        for char in run:
            weight, length = weigh(char)
            if natural_half and length == 1:
                weight = 0.5 if char > "\uff65" else 0.1
            total += weight * length
            size += length
    return total / size if size else 0.0


def latin_score(data: bytes) -> float:
    """Mean weight of the bytes above 127, read as letters of Western Europe: they stand alone, amid
    letters.
    """
    total = 0.0
    size = 0
    for found in _HIGH_RUN.finditer(data):
        start, end = found.span()
        around = data[max(0, start - 1) : start] + data[end : end + 1]
        lone = end - start <= 2 and any(chr(byte).isalpha() for byte in around)
        for byte in found.group():
            total += _latin_weight(byte, lone)
            size += 1
    return total / size if size else 0.0


def _latin_weight(byte: int, lone: bool) -> float:
    if not lone:
        return 0.1 if byte in b"\x80\x92\x93\x94\x96\xa3\xa9\xae\xb0\xba\xab\xbb" else -0.4
    if byte >= 0xC0:
        return 0.75
    return 0.3 if byte >= 0x91 else 0.0


@lru_cache(maxsize=20_000)
def _japanese(char: str) -> tuple[float, int]:
    if char == "\ufffd":
        return _LOST, 1
    if "\uff61" <= char <= "\uff9f":
        return 0.0, 1
    return _japanese_wide(char), 2


def _japanese_wide(char: str) -> float:
    if "\u3041" <= char <= "\u3093" or char in frequent.JAPANESE:
        return 1.0
    if "\u30a1" <= char <= "\u30fc" or char in "、。「」（）・！？～－：／　【】『』":
        return 0.9
    if "\uff01" <= char <= "\uff5e":
        return 0.5
    if "\u4e00" <= char <= "\u9fff":
        lead = char.encode("euc_jis_2004", "ignore")[:1]
        return 0.25 if b"\xb0" <= lead <= b"\xcf" else -0.5
    return 0.0 if "\u2010" <= char <= "\u33ff" else -0.6


@lru_cache(maxsize=20_000)
def _chinese_simplified(char: str) -> tuple[float, int]:
    if char == "\ufffd":
        return _LOST, 1
    raw = char.encode("gb18030", "ignore")
    if len(raw) != 2:
        return -1.0, len(raw) or 2
    if char in frequent.SIMPLIFIED:
        return 1.0, 2
    if char in "，。、！？：；（）“”《》【】—…":
        return 0.7, 2
    return _gb_zone(raw), 2


def _gb_zone(raw: bytes) -> float:
    if raw[1] < 0xA1 or not 0xA1 <= raw[0] <= 0xF7:
        return -0.8  # beyond GB 2312
    if raw[0] in (0xA4, 0xA5):
        return -0.3  # kana: then it is EUC-JP rather
    if raw[0] < 0xB0:
        return 0.1 if raw[0] in (0xA1, 0xA3) else -0.5
    return 0.2 if raw[0] <= 0xD7 else -0.4


@lru_cache(maxsize=20_000)
def _chinese_traditional(char: str) -> tuple[float, int]:
    if char == "\ufffd":
        return _LOST, 1
    if char in frequent.TRADITIONAL:
        return 1.0, 2
    if char in "，。、！？：；（）「」《》【】—…":
        return 0.7, 2
    raw = char.encode("big5hkscs", "ignore")
    if len(raw) != 2 or raw[0] < 0xA1 or raw[0] > 0xF9:
        return -0.8, 2
    if raw[0] < 0xA4:
        return 0.1, 2
    return (0.2 if raw[0] <= 0xC6 else -0.4), 2


@lru_cache(maxsize=20_000)
def _korean(char: str) -> tuple[float, int]:
    if char == "\ufffd":
        return _LOST, 1
    if char in frequent.KOREAN:
        return 1.0, 2
    raw = char.encode("cp949", "ignore")
    if len(raw) != 2 or raw[1] < 0xA1 or raw[0] < 0xA1:
        return -0.8, 2
    if "\uac00" <= char <= "\ud7a3":
        return 0.4, 2
    return (0.1 if raw[0] in (0xA1, 0xA3) else -0.4), 2


_WEIGHTS: dict[str, Callable[[str], tuple[float, int]]] = {
    "cp932": _japanese,
    "euc_jp": _japanese,
    "euc-jp-ms": _japanese,
    "gb18030": _chinese_simplified,
    "big5hkscs": _chinese_traditional,
    "cp950": _chinese_traditional,
    "cp949": _korean,
}
