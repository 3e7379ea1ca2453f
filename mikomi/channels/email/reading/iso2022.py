"""ISO-2022-JP and its relatives, with the vendor characters (①㈱髙) that Python's own codecs refuse."""

import re
import struct
from functools import lru_cache

_ESCAPE = re.compile(rb"(\x1b\$\([A-Z@]|\x1b\$[@ABC]|\x1b\([A-Z@]|\x1b\.[AF]|\x0e|\x0f|\r\n|\n|\r)")

_SINGLE, _JIS208, _JIS212, _JIS213, _KANA, _GB, _KS = "single", "208", "212", "213", "kana", "gb", "ks"
_STATES = {
    b"\x1b$@": _JIS208,
    b"\x1b$B": _JIS208,
    b"\x1b$(@": _JIS208,
    b"\x1b$(B": _JIS208,
    b"\x1b$(D": _JIS212,
    b"\x1b$(O": _JIS213,
    b"\x1b$(Q": _JIS213,
    b"\x1b$(P": _JIS212,
    b"\x1b$A": _GB,
    b"\x1b$(A": _GB,
    b"\x1b$(C": _KS,
    b"\x1b$C": _KS,
    b"\x1b(I": _KANA,
    b"\x0e": _KANA,
}


def decode_iso2022(data: bytes) -> tuple[str, str, bool]:
    """(text, charset, whether characters were lost)."""
    state, pieces, lossy = _SINGLE, [], False
    for token in _ESCAPE.split(data):
        if not token:
            continue
        if token[0] == 0x1B or token in (b"\x0e", b"\x0f"):
            state = _STATES.get(token, _SINGLE)
        elif token in (b"\r\n", b"\n", b"\r"):
            state = _SINGLE
            pieces.append(token.decode("ascii"))
        else:
            text = _run(token, state)
            lossy = lossy or "\ufffd" in text
            pieces.append(text)
    return "".join(pieces), "iso-2022-jp", lossy


_JIS_CODECS = {_JIS213: "euc_jis_2004", _GB: "gb18030", _KS: "cp949"}


def _run(data: bytes, state: str) -> str:
    if state == _JIS208:
        return _jis208_run(data)
    if state == _KANA:
        return _high(data).decode("cp932", "replace")
    if state == _JIS212:
        pairs = (data[at : at + 2] for at in range(0, len(data) - 1, 2))
        return b"".join(b"\x8f" + _high(pair) for pair in pairs).decode("euc_jp", "replace")
    if state in _JIS_CODECS:
        return _high(data).decode(_JIS_CODECS[state], "replace")
    return _strict(data, "utf-8") or data.decode("cp932", "replace")


def _high(data: bytes) -> bytes:
    return bytes(byte | 0x80 for byte in data)


def _jis208_run(data: bytes) -> str:
    table = _jis208_table()
    if len(data) % 2 == 0 and min(data) > 0x20 and max(data) < 0x7F:
        pairs = struct.unpack(f">{len(data) // 2}H", data)
        return "".join(table.get(pair, "\ufffd") for pair in pairs)
    out, at, end = [], 0, len(data)
    while at < end:
        first = data[at]
        if first <= 0x20 or at + 1 >= end:
            out.append(chr(first) if first < 0x80 else "\ufffd")
            at += 1
            continue
        out.append(table.get((first & 0x7F) << 8 | data[at + 1] & 0x7F, "\ufffd"))
        at += 2
    return "".join(out)


@lru_cache(maxsize=1)
def _jis208_table() -> dict[int, str]:
    """JIS pair → character, through cp932 so that the vendor rows (①㈱髙) are there."""
    table = {}
    for row in range(0x21, 0x7F):
        for cell in range(0x21, 0x7F):
            text = _strict(_to_shift_jis(row, cell), "cp932") or _strict(
                bytes([row | 0x80, cell | 0x80]), "euc_jis_2004"
            )
            if text is not None:
                table[row << 8 | cell] = text
    return table


def _to_shift_jis(row: int, cell: int) -> bytes:
    """The Shift_JIS bytes of a JIS pair (JIS X 0208 annex 1)."""
    lead = (row + 1) // 2 + (0x70 if row <= 0x5E else 0xB0)
    trail = cell + (0x1F if cell < 0x60 else 0x20) if row % 2 else cell + 0x7E
    return bytes([lead, trail])


def _strict(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeError:
        return None
