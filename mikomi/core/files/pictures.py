"""Pictures from people, PNG and JPEG, taken apart and put together again from what a picture needs.

What comes out holds the picture and its colours only: no place where it was taken, no words, no other file behind its
end that another program would run. Pure.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

LARGEST_BYTES = 1_000_000
SIDES = (16, 4_000)
"""Pixels: the smallest and the largest side."""
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = {
    b"IHDR",
    b"PLTE",
    b"tRNS",
    b"gAMA",
    b"cHRM",
    b"sRGB",
    b"iCCP",
    b"sBIT",
    b"pHYs",
    b"IDAT",
    b"IEND",
}
_JPEG_SIZES = {0xC0, 0xC1, 0xC2}
"""Baseline, extended and progressive: what every program shows."""
_JPEG_DROPPED = {0xFE, *range(0xE3, 0xEE), 0xE1, 0xEF}
"""Comments and application data (EXIF, XMP…); kept are JFIF, the colour profile and Adobe's colour transform."""


class WrongPictureError(ValueError):
    """Not a picture that is taken. `code`: too_large, wrong_kind, broken, wrong_size."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Picture:
    """A checked picture."""

    content_type: str
    data: bytes
    width: int
    height: int


def checked_picture(data: bytes) -> Picture:
    """The picture without anything that isn't one. Raises `WrongPictureError`."""
    if len(data) > LARGEST_BYTES:
        raise WrongPictureError("too_large")
    try:
        if data.startswith(_PNG):
            found = _png(data)
        elif data.startswith(b"\xff\xd8\xff"):
            found = _jpeg(data)
        else:
            raise WrongPictureError("wrong_kind")
    except (IndexError, ValueError, zlib.error) as error:
        if isinstance(error, WrongPictureError):
            raise
        raise WrongPictureError("broken") from error
    if not all(SIDES[0] <= side <= SIDES[1] for side in (found.width, found.height)):
        raise WrongPictureError("wrong_size")
    return found


def _png(data: bytes) -> Picture:
    chunks = list(_chunks(data))
    kinds = [kind for kind, _raw, _body in chunks]
    if kinds[0] != b"IHDR" or kinds[-1] != b"IEND" or b"IDAT" not in kinds or len(chunks[0][2]) != 13:
        raise WrongPictureError("broken")
    head = chunks[0][2]
    width, height = int.from_bytes(head[:4], "big"), int.from_bytes(head[4:8], "big")
    if max(width, height) <= SIDES[1]:
        _refuse_bomb(b"".join(body for kind, _raw, body in chunks if kind == b"IDAT"), width, height)
    kept = b"".join(raw for kind, raw, _body in chunks if kind in _PNG_KEPT)
    return Picture("image/png", _PNG + kept, width, height)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Kind, whole chunk and body, up to the end of the picture. Raises for a length or sum that doesn't hold."""
    place = len(_PNG)
    while True:
        size = int.from_bytes(data[place : place + 4], "big")
        raw = data[place : place + size + 12]
        if len(raw) != size + 12 or zlib.crc32(raw[4:-4]) != int.from_bytes(raw[-4:], "big"):
            raise WrongPictureError("broken")
        yield raw[4:8], raw, raw[8:-4]
        if raw[4:8] == b"IEND":
            return
        place += size + 12


def _refuse_bomb(packed: bytes, width: int, height: int) -> None:
    """A picture unpacks to its own size, not to gigabytes: at most eight bytes a pixel and a filter byte a line."""
    most = height * (width * 8 + 1) + 8 * (width + height) + 64
    unpacker = zlib.decompressobj()
    unpacker.decompress(packed, most)
    if unpacker.unconsumed_tail or not unpacker.eof:
        raise WrongPictureError("broken")


def _jpeg(data: bytes) -> Picture:
    kept, size, place = [b"\xff\xd8"], (0, 0), 2
    while data[place] == 0xFF:
        marker = data[place + 1]
        if marker == 0xFF:  # a filling byte
            place += 1
            continue
        end = place + 2 + int.from_bytes(data[place + 2 : place + 4], "big")
        if end < place + 4 or end > len(data):
            break
        if marker in _JPEG_SIZES:
            height, width = (int.from_bytes(data[place + n : place + n + 2], "big") for n in (5, 7))
            size = (width, height)
        if marker not in _JPEG_DROPPED:
            kept.append(data[place:end])
        if marker == 0xDA:
            return Picture("image/jpeg", b"".join(kept) + data[end : _last_end(data, end)], *size)
        place = end
    raise WrongPictureError("broken")


def _last_end(data: bytes, start: int) -> int:
    """Behind the mark that ends the picture. Inside its data 0xFF is always followed by 0 or a restart mark; between
    the scans of a progressive picture stand segments, whose lengths are followed."""
    place = start
    while True:
        place = data.index(b"\xff", place)
        marker = data[place + 1]
        if marker == 0xD9:
            return place + 2
        if marker == 0 or 0xD0 <= marker <= 0xD7 or marker == 0xFF:
            place += 1 if marker == 0xFF else 2
        else:
            place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
