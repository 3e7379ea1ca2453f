"""Which part of a message the sender wrote now, and which part is quotation or signature.

For folding in the view only: the text itself stays whole. To hide the sender's own words is the worse error, so what
is in doubt counts as the sender's own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from . import quote_words as words
from .quote_lines import Line, text_lines

_UU_BEGIN = re.compile(r"^begin(?:-base64)? [0-7]{3,4} \S")
_MAX_ATTRIBUTION_LINES = 5
_MAX_SIGNATURE_LINES = 12
_MAX_LINES = 8_000
_MAX_TEXT = 500_000


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the text: `own`, `quoted` or `signature`; `start` and `end` count characters."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reply:
    """A text cut into spans that cover it without a gap."""

    text: str
    spans: tuple[Span, ...]

    def _joined(self, kind: str) -> str:
        return "".join(self.text[span.start : span.end] for span in self.spans if span.kind == kind).strip(
            "\r\n"
        )

    @property
    def own(self) -> str:
        """What the sender wrote now."""
        return self._joined("own").strip()

    @property
    def quoted(self) -> str:
        """What came from earlier messages, with the line that introduces it."""
        return self._joined("quoted")

    @property
    def signature(self) -> str:
        """The signature and what telephones add."""
        return self._joined("signature")


def split_reply(text: str) -> Reply:
    """Tell the sender's own words from quotations and signatures."""
    lines = list(text_lines(text))
    if len(lines) <= _MAX_LINES and len(text) <= _MAX_TEXT:
        _Splitter(lines).run()
    return Reply(text, tuple(_spans(lines)))


def _spans(lines: list[Line]) -> Iterator[Span]:
    start, kind = 0, ""
    for line in lines:
        if line.kind != kind:
            if kind:
                yield Span(kind, start, line.start)
            start, kind = line.start, line.kind
    if lines:
        yield Span(kind, start, lines[-1].end)


class _Splitter:
    """Marks the lines of one text."""

    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines
        self.attributed = False
        self.first_own = 0

    def run(self) -> None:
        self.fold_uuencoded()
        end = self.fold_originals()
        self.fold_attributed(end)
        self.fold_bare_quotes(end)
        self.fold_signatures(end)
        self.keep_when_nothing_is_left()

    # --- small helpers ---

    def mark(self, start: int, end: int, kind: str) -> None:
        for line in self.lines[start:end]:
            line.kind = kind

    def has_own_before(self, at: int) -> bool:
        """True when the sender's own words stand above; lines only ever stop being own, so the search goes on."""
        while self.first_own < len(self.lines) and not self.lines[self.first_own].own:
            self.first_own += 1
        return self.first_own < at

    def next_filled(self, at: int, end: int) -> int:
        """The next line that is not blank; `end` when there is none."""
        while at < end and not self.lines[at].text.strip():
            at += 1
        return at

    # --- whole messages below: everything to the end ---

    def fold_originals(self) -> int:
        """Fold from the first banner or header block on; returns where the rest ends."""
        for at, line in enumerate(self.lines):
            if words.FORWARD_BANNER.match(line.text):
                return self.fold_forward_header(at)
            banner = words.ORIGINAL_BANNER.match(line.text)
            if not banner and not (len(line.text) < 300 and self.is_header_block(at)):
                continue
            if not self.has_own_before(at):
                return len(self.lines)  # the message is nothing else: a forwarded one
            start = self.before_rule(at)
            self.mark(start, len(self.lines), "quoted")
            return start
        return len(self.lines)

    def fold_forward_header(self, at: int) -> int:
        """A forwarded message is what its sender wants read: only its banner and headers are folded."""
        self.attributed = True
        here = at + 1
        last = at
        for _ in range(12):
            here = self.next_filled(here, len(self.lines))
            if here >= len(self.lines):
                break
            if words.FIELD_LINE.match(self.lines[here].text):
                last = here
            elif here > last + 1:
                break
            here += 1
        if any(not line.blank for line in self.lines[last + 1 :]):
            self.mark(at, last + 1, "quoted")
        for line in self.lines[last + 1 :]:
            line.kind = "forwarded"
        return at

    def before_rule(self, at: int) -> int:
        """The line `at`, or the rule that stands above it."""
        above = at - 1
        while above >= 0 and self.lines[above].blank:
            above -= 1
        return above if above >= 0 and words.RULE.match(self.lines[above].text) else at

    def is_header_block(self, at: int) -> bool:
        first = words.FIELD_LINE.match(self.lines[at].text)
        if not first or first.lastgroup not in ("from", "date", "subject"):
            return False
        kinds, text = self.header_kinds(at)
        exact = bool(words.ADDRESS.search(text)) or bool(words.DATE.search(text))
        if "from" in kinds:
            return "subject" in kinds or (exact and bool(kinds & {"date", "to"}))
        return (
            exact
            and "date" in kinds
            and bool(kinds & {"to", "subject"})
            and words.ADDRESS.search(text) is not None
        )

    def header_kinds(self, at: int) -> tuple[set[str], str]:
        """(the kinds of the header lines from `at` on, their text)."""
        kinds: set[str] = set()
        texts: list[str] = []
        misses = 0
        for line in self.lines[at : at + 14]:
            match = words.FIELD_LINE.match(line.text)
            if match:
                kinds.add(str(match.lastgroup))
                misses = 0
            elif line.text.strip():
                misses += 1
            if misses > 1 or (not line.text.strip() and len(kinds) > 1):
                break
            texts.append(line.text)
        return kinds, " ".join(texts)[:4_000]

    # --- "On … wrote:" ---

    def fold_attributed(self, end: int) -> None:
        at = 0
        while at < end:
            start = self.attribution(at)
            if start < 0:
                at += 1
                continue
            below = self.next_filled(at + 1, end)
            if below < end and self.lines[below].quoted:
                stop = self.quote_end(below, end)
                self.mark(start, stop, "quoted")
                self.attributed = True
                at = stop
            elif self.has_own_before(start):
                self.mark(start, end, "quoted")
                self.attributed = True
                return
            else:
                self.mark(start, at + 1, "quoted")
                at += 1

    def attribution(self, at: int) -> int:
        """Where the attribution that ends in line `at` begins; -1 when the line ends none."""
        last = self.lines[at].text.strip()
        if self.lines[at].quoted or self.lines[at].kind != "own" or len(last) > 400:
            return -1
        if not words.ATTRIBUTION_END.search(last):
            return -1
        joined = ""
        for start in range(at, max(-1, at - _MAX_ATTRIBUTION_LINES), -1):
            line = self.lines[start]
            if line.kind != "own" or line.quoted or len(joined) > 500:
                break
            if not line.text.strip() and not joined.lstrip().startswith(("<", "wrote")):
                break
            joined = line.text.strip() + " " + joined
            if self.is_attribution(joined.strip()):
                return self.with_start(start)
        return at if self.is_attribution(last, dated=False) else -1

    def with_start(self, start: int) -> int:
        """Take in the line above when it is where the sentence begins ("On Sat … Taro" above "<taro@…> wrote:")."""
        if start > 0 and not words.ATTRIBUTION_START.match(self.lines[start].text.strip()):
            above = self.lines[start - 1]
            if (
                above.kind == "own"
                and words.ATTRIBUTION_START.match(above.text.strip())
                and len(above.text) < 200
            ):
                return start - 1
        return start

    @staticmethod
    def is_attribution(text: str, dated: bool = True) -> bool:
        verb = words.VERB.search(text)
        address = words.ADDRESS.search(text)
        whole = text.count("<") >= text.count(">")
        if not dated:
            return bool(verb and address and whole)
        if not words.DATE.search(text) or not whole:
            return False
        bracketed = address and re.search(r"[<(\[（][^<>]*@[^<>]*[>)\]）]\s*[:：]\s*$", text)
        starts = words.ATTRIBUTION_START.match(text) or re.match(
            r"^[\W\d]|^\w{1,9}[.,、]|^.{0,80}(?:さん|様|님)", text
        )
        return bool((verb and (address or starts)) or bracketed)

    def quote_end(self, at: int, end: int) -> int:
        """Behind the quoted lines from `at`; blank lines and wrapped lines inside belong to them."""
        last = at
        here = at
        while here < end:
            line = self.lines[here]
            if line.quoted:
                last = here
            elif line.text.strip() and not self.is_wrapped(here, end):
                break
            here += 1
        return last + 1

    def is_wrapped(self, at: int, end: int) -> bool:
        """True for the rest of a quoted line that a mailer broke."""
        above, below = self.lines[at - 1], self.lines[at + 1] if at + 1 < end else None
        if not above.quoted or below is None or not below.quoted:
            return False
        text = self.lines[at].text
        broken_link = (
            "http" in above.text and not above.text.rstrip().endswith((" ", ".")) and not text[:1].isspace()
        )
        return (len(above.text) >= 60 and text[:1].islower()) or (broken_link and " " not in text.strip())

    # --- quotations without an introduction ---

    def fold_bare_quotes(self, end: int) -> None:
        at = 0
        while at < end:
            if self.lines[at].kind != "own" or not self.lines[at].quoted:
                at += 1
                continue
            stop = self.quote_end(at, end)
            if self.is_foldable(at, stop, end):
                self.mark(at, stop, "quoted")
            at = stop

    def is_foldable(self, start: int, stop: int, end: int) -> bool:
        """A quotation that introduces itself is folded; a bare one only below the sender's own words."""
        inside = [re.sub(r"^[ \t>]+", "", line.text) for line in self.lines[start : min(stop, start + 6)]]
        for at in range(len(inside)):
            if any(self.is_attribution(" ".join(inside[at : at + size])) for size in (1, 2, 3)):
                return True
        if self.attributed or not self.has_own_before(start):
            return False
        trailing = all(line.blank or line.kind != "own" for line in self.lines[stop:end])
        return not trailing or stop - start > 1

    # --- signatures ---

    def fold_signatures(self, end: int) -> None:
        for at in range(end):
            line = self.lines[at]
            if line.kind != "own" or line.quoted:
                continue
            if words.SIGNATURE_MARK.match(line.text) and self.has_own_before(at):
                self.mark_own(at, self.signature_end(at, end), "signature")
            elif self.is_mobile_signature(line.text) and self.has_own_before(at):
                line.kind = "signature"
        self.fold_ruled_signature(end)
        self.fold_plain_signature(end)

    def mark_own(self, start: int, end: int, kind: str) -> None:
        for line in self.lines[start:end]:
            if line.kind == "own":
                line.kind = kind

    def signature_end(self, at: int, end: int) -> int:
        """A marked signature goes to the end, or to the quotation below it."""
        return next((here for here in range(at, end) if self.lines[here].kind == "quoted"), end)

    @staticmethod
    def is_mobile_signature(text: str) -> bool:
        return (
            len(text) < 200
            and bool(words.MOBILE_SIGNATURE.match(text))
            and bool(words.MOBILE_DEVICE.search(text))
            and not re.search(r"(?:,|、) (?:is|was|and|but) ", text)
        )

    def last_block(self, end: int) -> int:
        """The end of the sender's own lines."""
        while end > 0 and (self.lines[end - 1].kind != "own" or self.lines[end - 1].blank):
            end -= 1
        return end

    def fold_ruled_signature(self, end: int) -> None:
        """A rule with contact details below it, at the end."""
        stop = self.last_block(end)
        for at in range(stop - 1, max(-1, stop - _MAX_SIGNATURE_LINES - 2), -1):
            if not words.RULE.match(self.lines[at].text):
                continue
            below = [line.text for line in self.lines[at + 1 : stop] if not line.blank]
            contact = any(words.CONTACT.search(text) for text in below)
            if contact and len("".join(below)) < 600 and self.own_before(self.before_rule(at)):
                self.mark_own(at, stop, "signature")
                return

    def own_before(self, at: int) -> bool:
        return any(
            line.kind == "own" and not line.blank and not words.RULE.match(line.text)
            for line in self.lines[:at]
        )

    def fold_plain_signature(self, end: int) -> None:
        """The last paragraph, when it is an organisation with its contact details."""
        stop = self.last_block(end)
        start = stop
        while start > 0 and self.lines[start - 1].text.strip() and self.lines[start - 1].kind == "own":
            start -= 1
        block = [line.text for line in self.lines[start:stop]]
        if not 2 <= len(block) <= _MAX_SIGNATURE_LINES or not self.own_before(start):
            return
        above = next(line.text for line in reversed(self.lines[:start]) if not line.blank)
        contact = sum(bool(words.CONTACT.search(text)) for text in block)
        organisation = any(words.ORGANISATION.search(text) for text in block[:3])
        sentence = any(
            text.rstrip().endswith(("。", "？", "?", "！", "ます", "です", "ません")) for text in block
        )
        if organisation and contact and not sentence and not words.POINTS_BELOW.search(above.strip()[-200:]):
            self.mark_own(start, stop, "signature")

    # --- the rest ---

    def fold_uuencoded(self) -> None:
        begin = -1
        for at, line in enumerate(self.lines):
            if begin < 0 and _UU_BEGIN.match(line.text):
                begin = at
            elif begin >= 0 and line.text.strip() == "end":
                self.mark(begin, at + 1, "quoted")
                begin = -1

    def keep_when_nothing_is_left(self) -> None:
        """A forwarded message counts as own words; a text that would be hidden whole as signature is shown."""
        for line in self.lines:
            if line.kind == "forwarded":
                line.kind = "own"
        self.first_own = 0
        if not self.has_own_before(len(self.lines)):
            for line in self.lines:
                if line.kind == "signature":
                    line.kind = "own"
