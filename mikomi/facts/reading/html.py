"""An HTML page as a document: its lines as a reader sees them, its structured offers, its links.

What is crossed out is left out: it is a former price. A row of a table is one line, so that a label stands beside its
value. Depth and size are bounded: a page is somebody else's text, even when it is our own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from selectolax.lexbor import LexborHTMLParser, LexborNode

from mikomi.core.text import clean
from mikomi.facts.reading.structured import json_ld, microdata
from mikomi.facts.rules.documents import MOST_LINES, MOST_LINKS, Document
from mikomi.facts.rules.urls import is_page, normalise

DEEPEST = 250
MOST_TEXT = 300_000
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "caption",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "legend",
        "li",
        "main",
        "nav",
        "ol",
        "option",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "title",
        "tr",
        "ul",
    ]
)
_CELLS = frozenset(("td", "th"))
_SKIPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "head",
        "iframe",
        "object",
        "del",
        "s",
        "strike",
        "select",
    ]
)
_SPACE = re.compile(r"\s+")
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Page:
    """A page that was read: the document, and whether it asks that its links are not followed."""

    document: Document
    nofollow: bool


def html_page(address: str, data: bytes, content_type: str = "") -> Page:
    """Read a page. Whatever the bytes, this doesn't raise."""
    tree = LexborHTMLParser(decoded(data, content_type)[: 4 * MOST_TEXT])
    title = _title(tree)
    facts = json_ld(tree)
    offers = tuple(facts.offers) or tuple(microdata(tree))
    lines = tuple(islice(_lines(tree.body), MOST_LINES)) if tree.body else ()
    base = tree.css_first("base[href]")
    root = normalise(base.attributes.get("href") or "", address) if base else None
    links = tuple(_links(tree, root or address))
    return Page(Document(address, title, lines + tuple(facts.lines), offers, links), _is_nofollow(tree))


def decoded(data: bytes, content_type: str = "") -> str:
    """The text of the bytes: what the header or the page declares, else UTF-8, else Japanese Windows."""
    declared = re.search(r"charset=[\"']?([A-Za-z0-9_.:-]{2,40})", content_type)
    meta = _META_CHARSET.search(data[:4096])
    names = [
        declared[1] if declared else "",
        meta[1].decode("ascii") if meta else "",
        "utf-8",
        "cp932",
        "euc-jp",
    ]
    if data.startswith(b"\xef\xbb\xbf"):
        names.insert(0, "utf-8-sig")
    for name in filter(None, names):
        try:
            return clean(data.decode("cp932" if name.lower() in ("shift_jis", "sjis", "x-sjis") else name))
        except (UnicodeDecodeError, LookupError):
            continue
    return clean(data.decode("utf-8", "replace"))


def _title(tree: LexborHTMLParser) -> str:
    node = tree.css_first("title")
    return _SPACE.sub(" ", node.text()).strip()[:300] if node else ""


def _is_nofollow(tree: LexborHTMLParser) -> bool:
    metas = tree.css("meta[name=robots], meta[name=ROBOTS]")
    return any(
        word in (meta.attributes.get("content") or "").lower()
        for meta in metas
        for word in ("nofollow", "none")
    )


def _links(tree: LexborHTMLParser, base: str) -> list[str]:
    found: dict[str, None] = {}
    for node in tree.css("a[href]"):
        if "nofollow" in (node.attributes.get("rel") or ""):
            continue
        address = normalise(node.attributes.get("href") or "", base)
        if address and is_page(address):
            found.setdefault(address)
        if len(found) >= MOST_LINKS:
            break
    return list(found)


def _lines(body: LexborNode) -> Iterator[str]:
    """The visible text, one block a line."""
    parts: list[str] = []
    size = 0
    for piece in _pieces(body):
        if piece != "\n":
            parts.append(piece)
            size += len(piece)
        elif line := _SPACE.sub(" ", "".join(parts)).strip():
            yield line
        if piece == "\n":
            parts = []
        if size > MOST_TEXT:
            break
    if line := _SPACE.sub(" ", "".join(parts)).strip():
        yield line


def _pieces(body: LexborNode) -> Iterator[str]:
    """Texts, and a line feed wherever a block begins or ends. With a stack: pages can be nested without end."""
    stack: list[tuple[str, Iterator[LexborNode]]] = [("body", body.iter(include_text=True))]
    while stack:
        tag, children = stack[-1]
        node = next(children, None)
        if node is None:
            stack.pop()
            yield _edge(tag, stack)
        elif node.tag == "-text":
            yield node.text_content or ""
        elif node.tag and node.tag not in _SKIPPED and node.tag[0] not in "-!" and len(stack) < DEEPEST:
            yield _edge(node.tag, stack)
            stack.append((node.tag, node.iter(include_text=True)))


def _edge(tag: str, stack: list[tuple[str, Iterator[LexborNode]]]) -> str:
    """What stands at the edge of an element. Blocks inside a cell don't break the row's line."""
    if tag in _CELLS or (tag in _BLOCKS and tag != "tr" and any(name in _CELLS for name, _children in stack)):
        return " "
    return "\n" if tag in _BLOCKS else ""
