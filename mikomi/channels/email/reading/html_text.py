"""HTML to the text a person would read."""

import html as entities
import re

import nh3

from .charset import clean
from .html_guard import MAX_HTML, guarded, without_tags

_ATTRIBUTES = {"*": {"class", "id", "type", "title", "style", "name"}}
_TOKEN = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)([^>]*)>|([^<]+)|<", re.S)
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "center",
        "div",
        "dl",
        "dd",
        "dt",
        "fieldset",
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
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tr",
        "ul",
        "caption",
        "figure",
        "figcaption",
        "blockquote",
    ]
)
_SPACED = frozenset(["p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "pre", "blockquote"])
_TAGS = _BLOCKS | {
    "a",
    "abbr",
    "b",
    "big",
    "br",
    "cite",
    "code",
    "em",
    "font",
    "i",
    "img",
    "s",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "td",
    "th",
    "tbody",
    "thead",
    "u",
}
_SPACE = re.compile(r"[ \t\r\n\f]+")


def html_to_text(markup: str) -> str:
    """The readable text: blocks on lines of their own, quotations with `> ` before each line."""
    markup = clean(markup[:MAX_HTML])
    light = guarded(markup)
    if light is None:
        return entities.unescape(without_tags(markup)).strip()
    writer = _Writer()
    for match in _TOKEN.finditer(_cleaned(light)):
        if match[4] is not None:
            writer.text(entities.unescape(match[4]))
        elif match[2]:
            writer.tag(match[2].lower(), match[1] == "/", match[3] or "")
        else:
            writer.text("<")
    return writer.result()


def _cleaned(markup: str) -> str:
    """Well-formed HTML with the tags that matter for the text."""
    return nh3.clean(
        markup,
        tags=set(_TAGS),
        attributes=_ATTRIBUTES,
        clean_content_tags={"script", "style", "title"},
        link_rel=None,
        strip_comments=True,
    )


class _Writer:
    """Collects text line by line."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.current: list[str] = []
        self.depth = 0
        self.pre = 0
        self.gmail: list[bool] = []
        self.quotes: list[int] = []

    def text(self, text: str) -> None:
        if self.pre:
            first, *rest = text.split("\n")
            self.current.append(first)
            for line in rest:
                self.end_line()
                self.current.append(line)
            return
        text = _SPACE.sub(" ", text)
        if text == " " and not self.current:
            return
        self.current.append(text if self.current else text.lstrip(" "))

    def tag(self, name: str, closing: bool, attributes: str) -> None:
        if name == "div":
            self.divisions(closing, attributes)
        if name == "br":
            self.end_line()
        elif name in ("td", "th") and not closing and self.current:
            self.current.append(" ")
        elif name in _BLOCKS:
            self.block(name, closing, attributes)

    def divisions(self, closing: bool, attributes: str) -> None:
        """Remember whether the text stands in Gmail's quotation."""
        if not closing:
            self.gmail.append("gmail_quote" in attributes or bool(self.gmail and self.gmail[-1]))
        elif self.gmail:
            self.gmail.pop()

    def quotation(self, closing: bool, attributes: str) -> None:
        """A blockquote; the one that Gmail's toolbar makes outside a quotation is the writer's own indent."""
        if closing:
            self.depth -= self.quotes.pop() if self.quotes else 0
            return
        own = 'class="gmail_quote"' in attributes and not (self.gmail and self.gmail[-1])
        self.quotes.append(0 if own else 1)
        self.depth += self.quotes[-1]

    def block(self, name: str, closing: bool, attributes: str) -> None:
        if self.current:
            self.end_line()
        if name == "blockquote" and closing:
            self.quotation(closing, attributes)
        if name in _SPACED and self.lines and self.lines[-1].strip("> "):
            self.lines.append(self.prefix().rstrip())
        if name == "blockquote" and not closing:
            self.quotation(closing, attributes)
        elif name == "pre":
            self.pre = max(0, self.pre + (-1 if closing else 1))
        elif name == "hr" and not closing:
            self.lines.append(self.prefix() + "-" * 8)
        elif name == "li" and not closing:
            self.current.append("- ")

    def prefix(self) -> str:
        return "> " * min(self.depth, 20)

    def end_line(self) -> None:
        self.lines.append((self.prefix() + "".join(self.current).rstrip()).rstrip())
        self.current = []

    def result(self) -> str:
        if self.current:
            self.end_line()
        text = "\n".join(self.lines).replace("\u00a0", " ")
        return re.sub(r"\n{3,}", "\n\n", text).strip()
