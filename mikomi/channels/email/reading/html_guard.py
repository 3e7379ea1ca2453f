"""Markup that would take long to read is found out before it is read.

An HTML5 parser takes quadratic time on some shapes: elements nested by the ten thousand, unclosed formatting that is
opened again in every block, tags with very many attributes. One pass over the tags estimates the work.
"""

import re
from collections import Counter
from html import unescape

MAX_HTML = 1_000_000
"""Characters of HTML that are read; the rest is cut off and said so."""

_MAX_DEPTH = 512  # open elements
_MAX_REOPENED = 100_000  # formatting elements opened again, over all blocks
_MAX_ATTRIBUTES = 200  # of one tag
_MAX_MISNESTED = 2_000  # formatting elements closed while others are open above them
_MAX_TAGS = 80_000
_MANY_REFERENCES = 5_000
_MAX_REFERENCES = 40_000
_SLOW = re.compile("[\x80-\xbf]")  # no-break spaces above all: the cleaner takes 15 µs for each
_REFERENCE = re.compile(r"&(?!(?:lt|gt|amp|quot|apos|#\d\d);)#?\w{1,31};", re.ASCII)
_LONE_AMPERSAND = re.compile(r"&(?!#\d|#[xX][0-9a-fA-F]|[a-zA-Z])")
_FOREIGN = re.compile(
    r"<(/?)(?:svg|g|text|tspan|textpath|math|m(?:i|o|n|s|text|row|frac|sqrt|root|style|error|padded|phantom|fenced|enclose|"
    r"sub|sup|subsup|under|over|underover|multiscripts|table|tr|td|labeledtr|action)|semantics|annotation)(?=[\s/>])",
    re.I,
)
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]{0,60})[^\s/>]*")
_ATTRIBUTE = re.compile(r"[\s/]*[^\s/>][^\s/>=]*(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]*))?")
_GAP = re.compile(r"[\s/]*>?")
_ANY_TAG = re.compile(r"<!--.*?(?:-->|$)|<[^<>]*>?", re.S)
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())  # noqa: SIM905
_CLOSES_ITSELF = frozenset(
    [
        "p",
        "li",
        "dt",
        "dd",
        "td",
        "th",
        "tr",
        "tbody",
        "thead",
        "tfoot",
        "option",
        "optgroup",
        "rp",
        "rt",
        "html",
        "body",
        "head",
    ]
)
_FORMATTING = frozenset("a b big code em font i nobr s small strike strong tt u".split())  # noqa: SIM905


def guarded(markup: str) -> str | None:
    """The markup, ready for the cleaner; None when reading it would take too long.

    SVG and MathML become plain elements, because the cleaner drops theirs with the text in them. Where character
    references come by the ten thousand, they are read here: the cleaner takes long over them.
    """
    if markup.count("&") > _MANY_REFERENCES:
        markup = _LONE_AMPERSAND.sub("&amp;", _REFERENCE.sub(_read_reference, markup))[:MAX_HTML]
    slow = markup.count("&") + len(_SLOW.findall(markup))
    if markup.count("<") > _MAX_TAGS or slow > _MAX_REFERENCES or _Estimate().is_heavy(markup):
        return None
    return _FOREIGN.sub(r"<\1span", markup)


def _read_reference(match: re.Match[str]) -> str:
    text = unescape(match[0])
    return match[0] if text.isascii() else text


def without_tags(markup: str) -> str:
    """The text between the tags, roughly."""
    return _ANY_TAG.sub(" ", markup)


class _Estimate:
    """What a parser would have to keep and to copy."""

    def __init__(self) -> None:
        self.open: Counter[str] = Counter()
        self.last = ""
        self.depth = 0
        self.formatting = 0
        self.reopened = 0
        self.misnested = 0

    def is_heavy(self, markup: str) -> bool:
        at = markup.find("<")
        while at >= 0:
            if markup.startswith("<!--", at):
                at = markup.find("-->", at)
                at = markup.find("<", at) if at >= 0 else -1
                continue
            tag = _TAG.match(markup, at)
            if tag is None:
                at = markup.find("<", at + 1)
                continue
            after = self.after_attributes(markup, tag.end())
            self.count(tag[2].lower(), tag[1] == "/")
            if after < 0 or self.exceeded():
                return True
            at = markup.find("<", after)
        return False

    def exceeded(self) -> bool:
        return self.depth > _MAX_DEPTH or self.reopened > _MAX_REOPENED or self.misnested > _MAX_MISNESTED

    @staticmethod
    def after_attributes(markup: str, at: int) -> int:
        """The end of a tag; -1 when it has too many attributes."""
        for _ in range(_MAX_ATTRIBUTES):
            attribute = _ATTRIBUTE.match(markup, at)
            if attribute is None:
                gap = _GAP.match(markup, at)
                return gap.end() if gap else at
            at = attribute.end()
        return -1

    def count(self, name: str, closing: bool) -> None:
        if name in _VOID or name in _CLOSES_ITSELF:
            self.reopened += self.formatting
        elif closing:
            self.close(name)
        else:
            self.open[name] += 1
            self.depth += 1
            if name in _FORMATTING:
                self.formatting += 1
            else:
                self.reopened += self.formatting
        self.last = "" if closing else name

    def close(self, name: str) -> None:
        if not self.open[name]:
            return
        self.open[name] -= 1
        self.depth -= 1
        if name in _FORMATTING:
            self.formatting -= 1
            self.misnested += self.last != name and self.depth > 20
