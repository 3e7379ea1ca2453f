"""Decoders for Japanese bytes with vendor characters (①㈱髙), which Python's own codecs refuse.

Python's `iso2022_jp*` and `euc_jp` know JIS X 0208 only. Mail clients, mainframes and shop systems also write
the rows of NEC and IBM. Both decoders here turn a JIS pair into a character through cp932, where those
rows are.
"""

import codecs
import re
from functools import lru_cache

_LOST = "\ufffd"
_ESCAPE = re.compile(rb"(\x1b\$\([BD@]|\x1b\$[@B]|\x1b\([BJIH])")
_TWO_BYTES = frozenset({b"\x1b$@", b"\x1b$B", b"\x1b$(@", b"\x1b$(B"})
_HALF_KATAKANA = b"\x1b(I"
_SUPPLEMENT = b"\x1b$(D"
_EUC = re.compile(
    rb"[\x00-\x7f]+|(?:[\xa1-\xfe][\xa1-\xfe])+|\x8e[\xa1-\xdf]|\x8f[\xa1-\xfe][\xa1-\xfe]|[\x80-\xff]"
)


@lru_cache(maxsize=1)
def _pairs() -> dict[tuple[int, int], str]:
    """Row and cell, each 1…94 (0x21…0x7E less 0x20), to the character."""
    table = {}
    for row in range(1, 95):
        for cell in range(1, 95):
            shifted = _shift_jis(row, cell)
            text = shifted.decode("cp932", "ignore")
            text = text or bytes([row + 0xA0, cell + 0xA0]).decode("euc_jis_2004", "ignore")
            if text:
                table[row, cell] = text
    return table


def _shift_jis(row: int, cell: int) -> bytes:
    """The Shift_JIS bytes of a JIS position (JIS X 0208:1997, annex 1)."""
    lead = (row + 1) // 2 + (0x80 if row <= 62 else 0xC0)
    if row % 2 == 0:
        return bytes([lead, cell + 0x9E])
    return bytes([lead, cell + (0x3F if cell < 64 else 0x40)])


def _double(data: bytes, offset: int) -> str:
    """Text of complete pairs whose bytes stand `offset` above row and cell."""
    table = _pairs()
    pairs = zip(data[::2], data[1::2], strict=True)
    return "".join(table.get((first - offset, second - offset), _LOST) for first, second in pairs)


def _checked(text: str, errors: str, data: bytes, codec: str) -> str:
    if errors == "strict" and _LOST in text:
        raise UnicodeDecodeError(codec, data, 0, len(data), "no such character")
    return text


class Iso2022JpDecoder(codecs.BufferedIncrementalDecoder):
    """ISO-2022-JP with half-width katakana (ESC ( I), JIS X 0212 and the vendor rows."""

    def __init__(self, errors: str = "strict") -> None:
        super().__init__(errors)
        self._mode = b"\x1b(B"

    def reset(self) -> None:
        super().reset()
        self._mode = b"\x1b(B"

    def getstate(self) -> tuple[bytes, int]:
        modes = [b"\x1b(B", *sorted(_TWO_BYTES), _HALF_KATAKANA, _SUPPLEMENT]
        return self.buffer, modes.index(self._mode) if self._mode in modes else 0

    def setstate(self, state: tuple[bytes, int]) -> None:
        modes = [b"\x1b(B", *sorted(_TWO_BYTES), _HALF_KATAKANA, _SUPPLEMENT]
        self.buffer, self._mode = state[0], modes[state[1]]

    def _buffer_decode(self, data: bytes, errors: str, final: bool) -> tuple[str, int]:  # type: ignore[override]
        usable = len(data)
        if not final:
            escape = data.rfind(b"\x1b", max(0, usable - 3))
            usable = escape if escape >= 0 else usable
        pieces: list[str] = []
        tokens = _ESCAPE.split(data[:usable])
        for number, token in enumerate(tokens):
            if number % 2:
                self._mode = token
                continue
            text, rest = self._run(token)
            pieces.append(text)
            if rest and number == len(tokens) - 1 and not final:
                usable -= rest
            elif rest:
                pieces.append(_LOST)
        return _checked("".join(pieces), errors, data, "iso-2022-jp"), usable

    def _run(self, data: bytes) -> tuple[str, int]:
        """Text of bytes in the present mode, and how many bytes at the end make no character yet."""
        if self._mode == _HALF_KATAKANA:
            return bytes(byte | 0x80 if byte > 0x20 else byte for byte in data).decode("cp932", "replace"), 0
        if self._mode not in _TWO_BYTES and self._mode != _SUPPLEMENT:
            return data.decode("ascii", "replace"), 0
        pieces, rest = [], 0
        for piece in re.split(rb"([\x00-\x20\x7f-\xff]+)", data):
            if piece[:1] < b"\x21" or piece[:1] > b"\x7e":
                pieces.append(piece.decode("ascii", "replace"))
                if b"\n" in piece or b"\r" in piece:
                    self._mode = b"\x1b(B"  # RFC 1468: a line ends in ASCII
            elif self._mode not in _TWO_BYTES and self._mode != _SUPPLEMENT:
                pieces.append(piece.decode("ascii", "replace"))
            else:
                rest = len(piece) % 2
                whole = piece[: len(piece) - rest]
                pieces.append(_supplement(whole) if self._mode == _SUPPLEMENT else _double(whole, 0x20))
        return "".join(pieces), rest if data[-1:] > b"\x20" else 0


def _supplement(data: bytes) -> str:
    """Text of JIS X 0212 pairs."""
    pairs = zip(data[::2], data[1::2], strict=True)
    return b"".join(bytes([0x8F, first | 0x80, second | 0x80]) for first, second in pairs).decode(
        "euc_jp", "replace"
    )


class EucJpDecoder(codecs.BufferedIncrementalDecoder):
    """EUC-JP with the vendor rows (eucJP-ms, CP51932)."""

    def _buffer_decode(self, data: bytes, errors: str, final: bool) -> tuple[str, int]:  # type: ignore[override]
        usable = len(data) if final else _whole_euc(data)
        pieces = []
        for found in _EUC.finditer(data, 0, usable):
            token = found.group()
            if token[0] < 0x80:
                pieces.append(token.decode("ascii"))
            elif token[0] >= 0xA1 and len(token) > 1:
                pieces.append(_double(token, 0xA0))
            else:
                pieces.append(token.decode("euc_jp", "replace"))
        return _checked("".join(pieces), errors, data, "euc-jp"), usable


def _whole_euc(data: bytes) -> int:
    """How many leading bytes of `data` make whole characters (only the run of high bytes at the end
    matters).
    """
    start = len(data)
    while start and data[start - 1] >= 0x80:
        start -= 1
    end = start
    for found in _EUC.finditer(data, start):
        token = found.group()
        end = found.end() if len(token) > 1 or (len(data) - found.start()) > 2 else found.start()
    return end
