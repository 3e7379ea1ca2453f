"""Content-Transfer-Encoding: base64, quoted-printable and uuencode, as broken as they come."""

import binascii
import re

_NOT_BASE64 = bytes(
    set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")
)
_PADDING = re.compile(rb"=+")


def decode_base64(data: bytes) -> bytes:
    """The bytes behind base64; foreign characters are ignored, padding may be missing or stand in the middle."""
    data = data.translate(None, _NOT_BASE64)
    body = data.rstrip(b"=")
    if b"=" not in body:
        return _decode_run(body)
    return b"".join(_decode_run(run) for run in _PADDING.split(body))


def _decode_run(run: bytes) -> bytes:
    rest = len(run) % 4
    if rest == 1:  # six bits are no byte
        run = run[:-1]
        rest = 0
    try:
        return binascii.a2b_base64(run + b"=" * (-rest % 4))
    except binascii.Error:
        return b""


def decode_uu(data: bytes) -> bytes:
    """The bytes of uuencoded lines; `begin` and `end` lines are passed over."""
    out = []
    for line in data.splitlines():
        if line.startswith((b"begin ", b"end")) or not line.strip():
            continue
        out.append(_uu_line(line))
    return b"".join(out)


def _uu_line(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        length = (((line[0] - 32) & 63) * 4 + 5) // 3
        try:
            return binascii.a2b_uu(line[:length])
        except binascii.Error:
            return b""


def decode_transfer(data: bytes, encoding: str) -> bytes:
    """The bytes of a part; an unknown encoding leaves them as they are."""
    if encoding == "base64":
        return decode_base64(data)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(data)
    if encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
        return decode_uu(data)
    return data
