"""A picture is taken as a picture only; everything else in its file stays outside."""

from __future__ import annotations

import base64
import struct
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mikomi.core.files.pictures import LARGEST_BYTES, WrongPictureError, checked_picture

JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////"
    "////////////wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAA//EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AR//Z"
)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int = 40, height: int = 20, extra: bytes = b"", pixels: bytes | None = None) -> bytes:
    """A grey picture."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = zlib.compress(pixels if pixels is not None else (b"\0" + b"\x80" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def jpeg(side: int = 32) -> bytes:
    """The smallest JPEG, said to be larger."""
    place = JPEG.index(b"\xff\xc0") + 5
    return JPEG[:place] + struct.pack(">HH", side, side) + JPEG[place + 4 :]


def code_of(data: bytes) -> str:
    with pytest.raises(WrongPictureError) as refused:
        checked_picture(data)
    return refused.value.code


def test_a_picture_stays_as_it_is() -> None:
    found = checked_picture(png())
    assert (found.content_type, found.width, found.height, found.data) == ("image/png", 40, 20, png())
    assert checked_picture(jpeg()).content_type == "image/jpeg"


def test_places_words_and_programs_are_left_out() -> None:
    words = chunk(b"tEXt", b"Author\0Hanako") + chunk(b"eXIf", b"gps")
    assert checked_picture(png(extra=words) + b"<script>alert(1)</script>").data == png()
    exif = b"\xff\xe1" + struct.pack(">H", 8) + b"Exif\0\0"
    told = jpeg()[:2] + exif + jpeg()[2:] + b"<?php"
    assert checked_picture(told).data == jpeg()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "wrong_kind"),
        (b"GIF89a", "wrong_kind"),
        (b"", "wrong_kind"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * LARGEST_BYTES, "too_large"),
        (png()[:-20], "broken"),
        (png()[:50] + b"\0\0" + png()[52:], "broken"),
        (jpeg()[:60], "broken"),
        (png(8, 8), "wrong_size"),
        (png(5_000, 20), "wrong_size"),
        (jpeg(5), "wrong_size"),
        (png(20, 20, pixels=b"\0" * 5_000_000), "broken"),
    ],
)
def test_what_is_no_picture_is_refused(data: bytes, code: str) -> None:
    assert code_of(data) == code


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", jpeg()[:100], png()[:60]]),
)
def test_nothing_but_a_refusal_comes_of_anything(tail: bytes, head: bytes) -> None:
    with suppress(WrongPictureError):
        checked_picture(head + tail)
