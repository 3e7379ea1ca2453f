"""Which parts of a message are its text, and which are listed beside it."""

import re
from dataclasses import dataclass, field

from . import limits
from .charset import clean, decode
from .headers import safe_name, text_value
from .html_text import html_to_text
from .mime import Entity, parse_entity
from .parsed import Part
from .tnef import TnefError, read_tnef
from .transfer import decode_uu

_UU_BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,200})\r?\n", re.M)
_UU_END = re.compile(rb"\nend[ \t]*(?:\r?\n|$)")
_SIGNATURES = frozenset({
    "application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature",
})  # fmt: skip
_ENCRYPTED = frozenset({"application/pgp-encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"})
_REPORTS = frozenset({
    "message/delivery-status", "message/disposition-notification", "message/feedback-report", "text/rfc822-headers",
    "message/global-delivery-status", "message/rfc822-headers", "message/global-headers",
})  # fmt: skip
_EXTENSIONS = {"text/calendar": "ics", "text/plain": "txt", "text/html": "html", "message/rfc822": "eml",
               "image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "application/pdf": "pdf"}  # fmt: skip


@dataclass(slots=True)
class Block:
    """One stretch of the text, as plain text, as HTML or as both."""

    plain: str | None = None
    html: str | None = None


@dataclass(slots=True)
class Body:
    """What `read_body` gathers."""

    blocks: list[Block] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    charset: str = ""
    lossy: bool = False
    defects: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The whole text; a stretch that is only there as HTML is turned into text."""
        pieces = []
        for block in self.blocks:
            plain = block.plain
            if not (plain or "").strip() and block.html:
                plain = html_to_text(block.html)
            pieces.append((plain or "").strip("\r\n"))
        return _joined(pieces)

    @property
    def html(self) -> str:
        """The whole HTML; empty when no stretch is HTML."""
        from .html import text_to_html

        if not any((block.html or "").strip() for block in self.blocks):
            return ""
        pieces = [block.html if block.html else text_to_html(block.plain or "") for block in self.blocks]
        return _joined(pieces)


def _joined(pieces: list[str]) -> str:
    return "\n\n".join(piece for piece in pieces if piece.strip())[: limits.MAX_BODY]


def read_body(root: Entity) -> Body:
    """The text of a message and its other parts."""
    body = Body()
    _gather(root, root, body, body.blocks)
    if not any((block.plain or block.html or "").strip() for block in body.blocks):
        _promote_named_text(root, body)
    return body


def _gather(entity: Entity, root: Entity, body: Body, blocks: list[Block]) -> None:
    if entity.maintype == "multipart":
        if entity.content_type == "multipart/alternative":
            _alternative(entity, root, body, blocks)
        else:
            for child in entity.children:
                _gather(child, root, body, blocks)
        if entity.refused:
            body.parts.append(_part(entity, entity.refused))
    elif is_text(entity, root):
        _text(entity, body, blocks)
    else:
        _list(entity, body)


def _alternative(entity: Entity, root: Entity, body: Body, blocks: list[Block]) -> None:
    """The same in several forms: the plain and the HTML one become one block."""
    inner: list[Block] = []
    for child in entity.children:
        _gather(child, root, body, inner)
    plain = [block.plain for block in inner if block.plain is not None and block.html is None]
    plain += [block.plain for block in inner if block.plain is not None and block.html is not None]
    marked = [block.html for block in inner if block.html is not None]
    if inner:
        blocks.append(Block(_unique(plain), _unique(marked)))


def _unique(texts: list[str]) -> str | None:
    """The texts one after another, without those that stand in another of them."""
    kept: list[str] = []
    for text in texts:
        if text.strip() and not any(text.strip() in other for other in kept):
            kept.append(text)
    return "\n\n".join(kept) if kept else (texts[0] if texts else None)


def is_text(entity: Entity, root: Entity) -> bool:
    """True for a part that is to be read in place and not as a file."""
    if entity.content_type not in (
        "text/plain",
        "text/html",
        "text/enriched",
        "text/richtext",
        "text/x-amp-html",
    ):
        return False
    if entity is root:
        return entity.disposition != "attachment" or not entity.name
    return entity.disposition != "attachment" and not entity.name


def _text(entity: Entity, body: Body, blocks: list[Block]) -> None:
    if entity.content_type == "text/x-amp-html":
        return
    if entity.encoded_size > limits.MAX_TEXT:
        body.defects.append("text cut")
        body.parts.append(_part(entity))
    data = entity.content(limits.MAX_TEXT)
    if entity.content_type == "text/plain":
        _list_uuencoded(data, body)
    found = decode(data, _declared_charset(entity, data))
    body.charset = body.charset or found.charset
    body.lossy = body.lossy or found.lossy
    text = clean(found.text.replace("\r\n", "\n").replace("\r", "\n"))
    if entity.content_type == "text/html":
        blocks.append(Block(html=text))
    elif entity.content_type in ("text/enriched", "text/richtext"):
        blocks.append(Block(plain=_plain_from_enriched(text)))
    else:
        blocks.append(Block(plain=_unflow(text, entity.parameters)))


def _declared_charset(entity: Entity, data: bytes) -> str:
    declared = entity.parameters.get("charset", "")
    if not declared and entity.content_type == "text/html":
        match = re.search(rb"<meta[^>]{0,200}charset=[\"']?([A-Za-z0-9_\-]{2,40})", data[:4_000], re.I)
        declared = match[1].decode("ascii") if match else ""
    return declared


def _unflow(text: str, parameters: dict[str, str]) -> str:
    """RFC 3676: lines that end with a blank go on in the next one."""
    if parameters.get("format", "").lower() != "flowed" or " \n" not in text:
        return text
    cut = parameters.get("delsp", "").lower() == "yes"
    out: list[str] = []
    open_depth = -1
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        content = line[depth:]
        content = content[1:] if content.startswith(" ") else content
        flows = content.endswith(" ") and content != "-- "
        shown = content[:-1] if flows and cut else content
        if depth == open_depth and content != "-- ":
            out[-1] += shown
        else:
            out.append(">" * depth + (" " if depth else "") + shown)
        open_depth = depth if flows else -1
    return "\n".join(out)


def _plain_from_enriched(text: str) -> str:
    text = re.sub(r"<param>[^<]*</param>", "", text, flags=re.I)
    return re.sub(r"</?[A-Za-z][^<>]{0,60}>", "", text).replace("<<", "<")


def _list_uuencoded(data: bytes, body: Body) -> None:
    """Uuencoded files in the text are parts too. The text keeps them (nothing is cut away), the view folds them."""
    if b"begin" not in data or b"\nend" not in data:
        return
    at = 0
    while (begin := _UU_BEGIN.search(data, at)) and (end := _UU_END.search(data, begin.end() - 1)):
        content = decode_uu(data[begin.end() : end.start() + 1])
        at = end.end()
        if content and len(body.parts) < limits.MAX_PARTS:
            name = safe_name(decode(begin[1]).text)
            body.parts.append(
                Part(name, "application/octet-stream", len(content), "attachment", _body=memoryview(content))
            )


def _promote_named_text(root: Entity, body: Body) -> None:
    """A message whose only text carries a file name: show it as text too."""
    for entity in root.walk():
        if entity.content_type in ("text/plain", "text/html") and entity.disposition != "attachment":
            _text(entity, body, body.blocks)
            return


def _list(entity: Entity, body: Body) -> None:
    if (
        entity.content_type in ("application/ms-tnef", "application/vnd.ms-tnef")
        or entity.name.lower() == "winmail.dat"
    ):
        _open_tnef(entity, body)
        return
    body.parts.append(_part(entity))


def _open_tnef(entity: Entity, body: Body) -> None:
    refused = "" if entity.encoded_size <= limits.MAX_CONTAINER_BYTES else "container too large"
    body.parts.append(_part(entity, refused, kind="container"))
    if refused:
        return
    try:
        found = read_tnef(entity.content())
    except TnefError as error:
        body.defects.append(f"winmail.dat: {error}")
        return
    if found.html:
        body.blocks.append(Block(html=clean(found.html)))
    elif found.text:
        body.blocks.append(Block(plain=clean(found.text)))
    for item in found.attachments:
        body.parts.append(
            Part(
                safe_name(item.name),
                item.content_type,
                len(item.content),
                "attachment",
                _body=memoryview(item.content),
            )
        )


def _part(entity: Entity, refused: str = "", kind: str = "") -> Part:
    if not refused and entity.encoded_size > limits.MAX_PART_BYTES:
        refused = "too large"
    body = memoryview(entity.data)[entity.start : entity.end]
    size = _estimated_size(entity) if refused else len(entity.content())
    return Part(
        name=entity.name or _made_name(entity, refused),
        content_type=entity.content_type,
        size=size,
        disposition=entity.disposition,
        content_id=clean(entity.headers.text("content-id")).strip("<> ")[: limits.MAX_NAME],
        refused=refused,
        kind=kind or _kind(entity),
        charset=clean(entity.parameters.get("charset", ""))[:60],
        _body=body,
        _encoding=entity.encoding,
    )


def _estimated_size(entity: Entity) -> int:
    return entity.encoded_size * 3 // 4 if entity.encoding == "base64" else entity.encoded_size


def _made_name(entity: Entity, refused: str) -> str:
    """A name for a part that has none; a nested message is named by its subject."""
    if entity.content_type == "message/rfc822" and not refused:
        nested, _ = parse_entity(entity.content(limits.MAX_HEADER_BLOCK))
        subject = safe_name(text_value(nested.headers.get("subject")))
        return (subject[:100] or "message") + ".eml"
    extension = _EXTENSIONS.get(entity.content_type, "")
    return f"{entity.maintype}.{extension}" if extension else ""


_KINDS = {
    **dict.fromkeys(_SIGNATURES, "signature"),
    **dict.fromkeys(_ENCRYPTED, "encrypted"),
    **dict.fromkeys(_REPORTS, "report"),
    "message/rfc822": "message",
    "text/calendar": "calendar",
    "application/ics": "calendar",
}


def _kind(entity: Entity) -> str:
    is_inline = (
        entity.maintype == "image" and entity.disposition != "attachment" and "content-id" in entity.headers
    )
    return _KINDS.get(entity.content_type, "inline" if is_inline else "file")
