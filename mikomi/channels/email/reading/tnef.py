"""winmail.dat: the container (TNEF, [MS-OXTNEF]) in which Outlook wraps attachments and the body."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from .charset import decode

_SIGNATURE = 0x223E9F78
_LEVEL_ATTACHMENT = 2
_ATT_RENDER, _ATT_DATA, _ATT_TITLE, _ATT_PROPERTIES = 0x9002, 0x800F, 0x8010, 0x9005
_ATT_MESSAGE_PROPERTIES, _ATT_BODY, _ATT_CODEPAGE = 0x9003, 0x800C, 0x9007
_TAG_HTML, _TAG_BODY = 0x1013, 0x1000
_TAG_LONG_NAME, _TAG_NAME, _TAG_MIME, _TAG_DATA, _TAG_DISPLAY = 0x3707, 0x3704, 0x370E, 0x3701, 0x3001
_FIXED = {0x0002: 4, 0x0003: 4, 0x0004: 4, 0x000A: 4, 0x000B: 4, 0x0005: 8, 0x0006: 8, 0x0007: 8, 0x0014: 8,
          0x0040: 8, 0x0048: 16}  # fmt: skip
_VARIABLE = (0x000D, 0x001E, 0x001F, 0x0102)
_MAX_ATTRIBUTES = 5_000


class TnefError(ValueError):
    """The bytes are not a readable TNEF container."""


@dataclass(slots=True)
class TnefAttachment:
    """A file out of the container."""

    name: str = ""
    content: bytes = b""
    content_type: str = "application/octet-stream"


@dataclass(slots=True)
class Tnef:
    """What the container holds."""

    text: str = ""
    html: str = ""
    attachments: list[TnefAttachment] = field(default_factory=list)


def read_tnef(data: bytes) -> Tnef:
    """Open a container; raises TnefError when it is none. What comes before a broken place is kept."""
    if len(data) < 6 or struct.unpack_from("<I", data)[0] != _SIGNATURE:
        raise TnefError("no TNEF signature")
    found, codepage = Tnef(), "cp1252"
    for level, tag, body in _attributes(data):
        if tag == _ATT_CODEPAGE and len(body) >= 4:
            codepage = f"cp{struct.unpack_from('<I', body)[0]}"
        elif level == _LEVEL_ATTACHMENT:
            _attachment_attribute(found, tag, body, codepage)
        elif tag == _ATT_BODY:
            found.text = _string(body, codepage)
        elif tag == _ATT_MESSAGE_PROPERTIES:
            _message_properties(found, body, codepage)
    found.attachments = [item for item in found.attachments if item.name or item.content]
    return found


def _attributes(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(level, tag, body) of each attribute, up to the first one that is cut off."""
    at = 6
    for _ in range(_MAX_ATTRIBUTES):
        if at + 9 > len(data):
            return
        level, tag, _type, length = struct.unpack_from("<BHHI", data, at)
        body = data[at + 9 : at + 9 + length]
        if level not in (1, 2):
            return
        yield level, tag, body
        at += 9 + length + 2


def _attachment_attribute(found: Tnef, tag: int, body: bytes, codepage: str) -> None:
    if tag == _ATT_RENDER or not found.attachments:
        found.attachments.append(TnefAttachment())
    current = found.attachments[-1]
    if tag == _ATT_DATA:
        current.content = body
    elif tag == _ATT_TITLE:
        current.name = current.name or _string(body, codepage)
    elif tag == _ATT_PROPERTIES:
        _attachment_properties(current, body, codepage)


def _attachment_properties(current: TnefAttachment, body: bytes, codepage: str) -> None:
    short = ""
    for tag, kind, value in _properties(body):
        if tag == _TAG_LONG_NAME:
            current.name = _text(value, kind, codepage) or current.name
            short = current.name
        elif tag in (_TAG_NAME, _TAG_DISPLAY) and not short:
            current.name = _text(value, kind, codepage) or current.name
        elif tag == _TAG_MIME:
            current.content_type = _text(value, kind, codepage).lower() or current.content_type
        elif tag == _TAG_DATA and not current.content:
            current.content = value[16:] if kind == 0x000D else value


def _message_properties(found: Tnef, body: bytes, codepage: str) -> None:
    for tag, kind, value in _properties(body):
        if tag == _TAG_BODY:
            found.text = _text(value, kind, codepage)
        elif tag == _TAG_HTML:
            found.html = decode(value, "" if kind == 0x0102 else codepage).text.rstrip("\x00")


def _properties(body: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(tag, type, value) of a MAPI property list; what comes after a broken place is left out."""
    try:
        yield from _read_properties(body)
    except struct.error:
        return


def _read_properties(body: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Raises struct.error where the list is cut off; ends at a type that it can't measure."""
    at = 4
    for _ in range(min(struct.unpack_from("<I", body)[0], _MAX_ATTRIBUTES)):
        kind, tag = struct.unpack_from("<HH", body, at)
        at += 4
        if tag >= 0x8000:
            at = _skip_name(body, at)
        multiple, kind = bool(kind & 0x1000), kind & 0xEFFF
        if kind not in _FIXED and kind not in _VARIABLE:
            return
        count = 1
        if multiple or kind in _VARIABLE:
            count = struct.unpack_from("<I", body, at)[0]
            at += 4
        for _ in range(min(count, _MAX_ATTRIBUTES)):
            size = _FIXED.get(kind, -1)
            if size < 0:
                size = struct.unpack_from("<I", body, at)[0]
                at += 4
            yield tag, kind, body[at : at + size]
            at += size + (-size % 4)


def _skip_name(body: bytes, at: int) -> int:
    """Past the name of a named property: a GUID, then a number or a string."""
    if at + 24 > len(body):
        return len(body)
    if struct.unpack_from("<I", body, at + 16)[0] == 0:
        return at + 24
    length = int(struct.unpack_from("<I", body, at + 20)[0])
    return at + 24 + length + (-length % 4)


def _text(value: bytes, kind: int, codepage: str) -> str:
    if kind == 0x001F:
        return value.decode("utf-16-le", "replace").rstrip("\x00")
    return _string(value, codepage)


def _string(value: bytes, codepage: str) -> str:
    return decode(value.rstrip(b"\x00"), codepage).text
