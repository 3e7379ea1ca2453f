"""The tree of a MIME message, as ranges of its bytes: nothing is copied or decoded until asked.

A reader of its own and not the standard library's, because that one reads line by line, recurses without a limit and
raises on some of the mail that arrives.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from . import limits
from .headers import file_name, parse_parameters, raw_text, unfold
from .transfer import decode_transfer

_NAME = re.compile(rb"[!-9;-~]+[ \t]*:")
_MBOX = re.compile(rb">?From [^\r\n]*(?:\r\n|\n|\r)")
_CONTENT_TYPE = re.compile(r"^([a-z0-9!#$&^_.+\-]+)/([a-z0-9!#$&^_.+\-]+)")
_ENVELOPE = frozenset({b"from", b"to", b"subject", b"date", b"message-id", b"received", b"return-path"})
_KNOWN = _ENVELOPE | {b"cc", b"mime-version", b"content-type", b"content-transfer-encoding", b"reply-to",
                      b"content-disposition", b"x-mailer", b"references", b"in-reply-to"}  # fmt: skip
_LOOK_AHEAD = 60  # lines
_MAX_BROKEN_LINES = 40
_GUESSED = re.compile(rb"(?:^|[\r\n])--([^\r\n]{1,200}?)[ \t]*[\r\n]")
_ENCODINGS = ("base64", "quoted-printable", "7bit", "8bit", "binary")


@dataclass(slots=True)
class Headers:
    """The headers of one entity in order: (name in lower case, raw value)."""

    items: list[tuple[str, bytes]] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    too_many: bool = False

    def get(self, name: str) -> bytes:
        """The first value of that name; empty when there is none."""
        return next((value for key, value in self.items if key == name), b"")

    def all(self, name: str) -> list[bytes]:
        """Every value of that name."""
        return [value for key, value in self.items if key == name]

    def text(self, name: str) -> str:
        """The first value of that name as plain text on one line, encoded words left as they are."""
        return unfold(raw_text(self.get(name))).strip()

    def __contains__(self, name: str) -> bool:
        return any(key == name for key, _ in self.items)


@dataclass(slots=True)
class Entity:
    """One node of the tree: headers, where its body lies in `data`, and its children."""

    data: bytes
    headers: Headers
    start: int
    end: int
    content_type: str = "text/plain"
    parameters: dict[str, str] = field(default_factory=dict)
    disposition: str = ""
    name: str = ""
    encoding: str = ""
    children: list["Entity"] = field(default_factory=list)
    refused: str = ""

    @property
    def maintype(self) -> str:
        return self.content_type.partition("/")[0]

    @property
    def encoded_size(self) -> int:
        """Bytes of the body as it was sent."""
        return self.end - self.start

    def content(self, limit: int = limits.MAX_PART_BYTES) -> bytes:
        """The decoded body; of at most `limit` encoded bytes."""
        return decode_transfer(self.data[self.start : min(self.end, self.start + limit)], self.encoding)

    def walk(self) -> Iterator["Entity"]:
        """This entity and all below it, in order."""
        stack = [self]
        while stack:
            entity = stack.pop()
            yield entity
            stack.extend(reversed(entity.children))


@dataclass(slots=True)
class _Budget:
    parts: int = limits.MAX_PARTS
    defects: list[str] = field(default_factory=list)


def parse_entity(data: bytes) -> tuple[Entity, list[str]]:
    """(the tree of a message, what was wrong with it)."""
    if b"\n" not in data[:100_000] and b"\r" in data[:100_000]:
        data = data.replace(b"\r", b"\n")  # line ends of an old Macintosh
    budget = _Budget()
    start = _skip_envelope(data)
    root = _entity(data, (start, len(data)), "text/plain", 0, budget)
    return root, list(dict.fromkeys(budget.defects))


def _skip_envelope(data: bytes) -> int:
    """Where the headers begin: after blank lines, a byte-order mark and the `From ` line of an mbox."""
    at = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    while at < len(data) and data[at] in b"\r\n":
        at += 1
    while match := _MBOX.match(data, at):
        at = match.end()
    return at


class _HeaderReader:
    """Reads the header lines of one entity; broken lines are passed over where headers go on."""

    def __init__(self, data: bytes, end: int) -> None:
        self.data = data
        self.end = end
        self.found = Headers()
        self.name = ""
        self.value: list[bytes] = []
        self.patience = _MAX_BROKEN_LINES

    def read(self, start: int) -> int:
        """Where the body begins."""
        at, size_left = start, limits.MAX_HEADER_BLOCK
        while at < self.end:
            line_end, following = _line(self.data, at, self.end)
            line = self.data[at : min(line_end, at + limits.MAX_HEADER_VALUE + 100)]
            if not line:
                at = following
                break
            if not self.take(line, following):
                at = at if line.strip() else following
                break
            size_left -= len(line)
            at = following
            if size_left <= 0:
                self.found.defects.append("header block too long")
                at = self.after_blank_line(max(start, at - 2))
                break
        self.keep()
        return at

    def after_blank_line(self, at: int) -> int:
        """Where the body begins, when the headers from `at` on are not read."""
        stop = min(self.end, at + 10 * limits.MAX_HEADER_BLOCK)
        found = [(self.data.find(mark, at, stop), len(mark)) for mark in (b"\n\n", b"\n\r\n")]
        return min((start + length for start, length in found if start >= 0), default=stop)

    def take(self, line: bytes, following: int) -> bool:
        """Take in one line; False when the headers end before it."""
        if line[:1] in b" \t" and (line.strip() or self.goes_on(following, line)):
            self.value.append(b"\n" + line)
        elif match := _NAME.match(line):
            self.keep()
            self.name = match[0][:-1].strip().decode("ascii").lower()
            self.value = [line[match.end() :]]
        elif not self.goes_on(following, line):
            self.found.defects += ["headers end without a blank line"] if line.strip() else []
            return False
        elif not line.startswith((b"From ", b">From ")):
            self.found.defects.append("line that is no header")
        return True

    def goes_on(self, at: int, line: bytes) -> bool:
        """True when headers follow before the next blank line, so that `line` was only a broken one.

        After a line that looks like a boundary, the headers of a part do not count.
        """
        wanted = _ENVELOPE if line.startswith(b"--") else _KNOWN
        self.patience -= 1
        for _ in range(_LOOK_AHEAD if self.patience >= 0 else 0):
            line_end, following = _line(self.data, at, self.end)
            ahead = self.data[at : min(line_end, at + 80)]
            if not ahead.strip():
                break
            match = _NAME.match(ahead)
            if match and match[0][:-1].strip().lower() in wanted:
                return True
            at = following
        return False

    def keep(self) -> None:
        """Put away the header that is complete."""
        if self.name and len(self.found.items) >= limits.MAX_HEADERS:
            self.found.too_many = True
        elif self.name:
            value = b"".join(self.value)
            if len(value) > limits.MAX_HEADER_VALUE:
                self.found.defects.append("header too long: " + self.name[:40])
                value = value[: limits.MAX_HEADER_VALUE]
            self.found.items.append((self.name, value.strip()))


def read_headers(data: bytes, start: int, end: int) -> tuple[Headers, int]:
    """(the headers from `start`, where the body begins)."""
    reader = _HeaderReader(data, end)
    body = reader.read(start)
    if reader.found.too_many:
        reader.found.defects.append("too many headers")
    reader.found.defects[:] = dict.fromkeys(reader.found.defects)
    return reader.found, body


def _line(data: bytes, at: int, end: int) -> tuple[int, int]:
    """(end of the line without its line end, start of the next)."""
    newline = data.find(b"\n", at, end)
    if newline < 0:
        return end, end
    return (newline - 1 if newline > at and data[newline - 1] == 0x0D else newline), newline + 1


def _entity(data: bytes, span: tuple[int, int], default: str, depth: int, budget: _Budget) -> Entity:
    start, end = span
    headers, body = read_headers(data, start, end)
    budget.defects.extend(headers.defects)
    entity = Entity(data, headers, min(body, end), end)
    _describe(entity, default)
    if entity.maintype == "multipart":
        _split(entity, depth, budget)
    return entity


def _describe(entity: Entity, default: str) -> None:
    declared, entity.parameters = parse_parameters(raw_text(entity.headers.get("content-type")))
    match = _CONTENT_TYPE.match(declared.replace(" ", ""))
    if match:
        entity.content_type = match[0]
    else:
        entity.content_type = {"text": "text/plain", "html": "text/html"}.get(declared, default)
    disposition, parameters = parse_parameters(raw_text(entity.headers.get("content-disposition")))
    entity.disposition = disposition
    entity.name = file_name(parameters, entity.parameters)
    encoding = re.sub(r"[\s\"';]+", "", entity.headers.text("content-transfer-encoding").lower())
    entity.encoding = next((known for known in _ENCODINGS if encoding.startswith(known)), encoding)


def _split(entity: Entity, depth: int, budget: _Budget) -> None:
    """Find the children of a multipart; one whose boundary can't be found becomes what it looks like."""
    if depth >= limits.MAX_DEPTH:
        entity.refused = "nested too deep"
        budget.defects.append("MIME tree too deep")
        return
    ranges = _ranges(entity, budget)
    if not ranges:
        budget.defects.append("multipart without parts")
        _as_leaf(entity)
        return
    default = "message/rfc822" if entity.content_type == "multipart/digest" else "text/plain"
    for span in ranges:
        if budget.parts <= 0:
            entity.refused = "too many parts"
            budget.defects.append("too many parts")
            return
        budget.parts -= 1
        entity.children.append(_entity(entity.data, span, default, depth + 1, budget))


def _ranges(entity: Entity, budget: _Budget) -> list[tuple[int, int]]:
    boundary = entity.parameters.get("boundary", "").encode("utf-8", "replace")
    found = _between(entity, boundary) if boundary else []
    if found:
        return found
    budget.defects.append("boundary missing or not found")
    guessed = _GUESSED.search(entity.data, max(0, entity.start - 1), min(entity.end, entity.start + 100_000))
    return _between(entity, guessed[1]) if guessed else []


def _between(entity: Entity, boundary: bytes) -> list[tuple[int, int]]:
    """The ranges between the lines `--boundary`, up to `--boundary--` or the end."""
    data, end, mark = entity.data, entity.end, b"\n--" + boundary
    ranges: list[tuple[int, int]] = []
    open_from = -1
    at = entity.start - 1 if data.startswith(mark[1:], entity.start) else data.find(mark, entity.start, end)
    for _ in range(limits.MAX_BOUNDARIES):
        if at < 0 or len(ranges) > limits.MAX_PARTS:
            break
        line_end, following = _line(data, at + len(mark), end)
        tail = data[at + len(mark) : min(line_end, at + len(mark) + 200)].strip()
        if tail in (b"", b"--"):
            if open_from >= 0:
                ranges.append((open_from, max(open_from, _before_newline(data, at + 1))))
            open_from = following
            if tail == b"--" and not _reopened(data, mark[1:], following, end):
                return ranges
        at = data.find(mark, max(following - 1, at + 1), end)
    if open_from >= 0:
        ranges.append((open_from, end))
    return ranges


def _reopened(data: bytes, mark: bytes, at: int, end: int) -> bool:
    """True when parts follow after the closing line, as some broken mailers write."""
    again = data.find(b"\n" + mark, max(0, at - 1), end)
    if again < 0:
        return False
    _, following = _line(data, again + 1, end)
    return _NAME.match(data, following, min(end, following + 80)) is not None


def _before_newline(data: bytes, at: int) -> int:
    """The end of a part: the line end before its boundary belongs to the boundary."""
    if at > 0 and data[at - 1] == 0x0A:
        at -= 1
        return at - 1 if at > 0 and data[at - 1] == 0x0D else at
    return at - 1 if at > 0 and data[at - 1] == 0x0D else at


def _as_leaf(entity: Entity) -> None:
    head = entity.data[entity.start : entity.start + 2_000].lower()
    entity.content_type = "text/html" if b"<html" in head or b"<body" in head else "text/plain"
