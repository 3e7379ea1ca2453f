"""Facts as a comparison needs them, and a book of the words by which texts name their products and stores. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mikomi.facts.rules.extraction import tidy
from mikomi.facts.rules.values import Value

BUSINESS = ""
"""The subject of facts about the business as a whole."""
LEAD_LABELS = {
    "delivery": ("お届け", "配送", "届", "deliver", "arrive"),
    "shipping": ("発送", "出荷", "ship", "dispatch"),
    "repair": ("修理", "repair"),
    "answer": ("返信", "回答", "ご返事", "answer", "reply", "respond"),
    "production": ("制作", "製作", "お仕立て", "made to order", "production"),
}
"""What lead times are called when the fact names no words of its own: by the last part of its key."""


@dataclass(frozen=True, slots=True)
class Known:
    """A fact. `subject`: what it is of (`product:G1`, `store:3`, BUSINESS) and the words for it; `labels`: what the
    thing itself is called (重さ, weight); `former`: what it said before."""

    id: int
    key: str
    kind: str
    value: Value
    subject: str = BUSINESS
    names: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    former: tuple[Value, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """What the thing is called: its own labels, for lead times those of its kind."""
        if self.labels or self.kind != "lead":
            return self.labels
        return LEAD_LABELS.get(self.key.rpartition(".")[2], ())


class Book:
    """The facts by subject, and the subjects by the words that name them."""

    def __init__(self, facts: Iterable[Known]) -> None:
        self.facts = list(facts)
        self._by_subject: dict[str, list[Known]] = {}
        self._subject_of: dict[str, str] = {}
        for fact in self.facts:
            self._by_subject.setdefault(fact.subject, []).append(fact)
            for name in fact.names:
                if len(folded(name)) >= 2:
                    self._subject_of.setdefault(folded(name), fact.subject)
        self._pattern = _alternation(self._subject_of)

    def of(self, subject: str) -> list[Known]:
        """The facts about a product, a store, or the business."""
        return self._by_subject.get(subject, [])

    def subject_named(self, word: str) -> str | None:
        """The subject that goes by exactly this name or code."""
        return self._subject_of.get(folded(word))

    def mentions(self, line: str) -> list[tuple[int, str]]:
        """Where a line names products and stores, in its order. A longer name hides the shorter ones in it."""
        if self._pattern is None:
            return []
        return [(match.start(), self._subject_of[match[0]]) for match in self._pattern.finditer(folded(line))]


def folded(text: str) -> str:
    """The form in which names are compared; as long as `tidy` makes it, so that places agree."""
    plain = tidy(text)
    lower = plain.lower()
    return lower if len(lower) == len(plain) else plain


def _alternation(names: Iterable[str]) -> re.Pattern[str] | None:
    parts = [_whole_word(name) for name in sorted(names, key=len, reverse=True)]
    return re.compile("|".join(parts)) if parts else None


def _whole_word(name: str) -> str:
    """A code in Latin letters and digits is a word of its own: G1 is not G12."""
    before = r"(?<![a-z0-9])" if name[0].isascii() and name[0].isalnum() else ""
    after = r"(?![a-z0-9])" if name[-1].isascii() and name[-1].isalnum() else ""
    return before + re.escape(name) + after
