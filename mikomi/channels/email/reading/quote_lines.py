"""The lines of a text, as the folding of quotations sees them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from . import quote_words as words

_QUOTED = re.compile(r"^[ \t]{0,3}[>＞]")
_FALSE_QUOTE = re.compile(r"^[ \t>]*>.*<<<")


@dataclass(slots=True)
class Line:
    """A line without its line end, where it stands in the text (with its line end), and what it was found to be."""

    text: str
    start: int
    end: int
    kind: str = "own"

    @property
    def blank(self) -> bool:
        """True when nothing but quote marks and blanks stands in it."""
        return not self.text.strip(" \t\r\n>\xa0　")

    @property
    def own(self) -> bool:
        """True for a filled line that still counts as the sender's."""
        return self.kind == "own" and not self.blank

    @property
    def quoted(self) -> bool:
        """True for a line that begins with a quote mark."""
        return bool(_QUOTED.match(self.text)) and not _FALSE_QUOTE.match(self.text[:300])


def text_lines(text: str) -> Iterator[Line]:
    """The lines of a text; one that holds both words and an attribution is given as two."""
    at = 0
    for line in text.splitlines(keepends=True):
        bare = line.rstrip("\r\n")
        shared = words.SHARED_LINE.match(bare) if "--" in bare and len(bare) < 500 else None
        cut = at + len(shared[1]) if shared else at
        if shared:
            yield Line(text[at:cut], at, cut)
        yield Line(text[cut : at + len(bare)], cut, at + len(line))
        at += len(line)
