"""Kano's model (Berger et al. 1993): what a feature is to people, from a functional and a dysfunctional question.

Answers on both sides: 1 like · 2 must be · 3 neutral · 4 live with · 5 dislike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

TABLE = ("QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ")
"""Rows: the functional answer; columns: the dysfunctional one. Attractive, One-dimensional, Must-be, Indifferent,
Reverse, Questionable."""
ORDER = "MOAI"
"""What counts where two classes are equally frequent: the graver one."""
CLASSES = "MOAIRQ"


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature: its class, how many answers fell into each, and how much it helps when it is there (better, 0…1)
    or hurts when it is missing (worse, −1…0); none where only reverse or questionable answers came."""

    key: str
    category: str
    counts: dict[str, int]
    better: float | None
    worse: float | None

    @property
    def total(self) -> int:
        """How many people answered both questions."""
        return sum(self.counts.values())


def classify(functional: int, dysfunctional: int) -> str:
    """The class of one person's pair of answers. ValueError outside of 1…5."""
    if not (1 <= functional <= 5 and 1 <= dysfunctional <= 5):
        raise ValueError(f"answers are 1 to 5, got {functional} and {dysfunctional}")
    return TABLE[functional - 1][dysfunctional - 1]


def feature(key: str, classes: Iterable[str]) -> Feature | None:
    """A feature from the classes of its answers; none without any."""
    counts = Counter(classes)
    if not counts:
        return None
    ranked = ORDER + "RQ"
    category = max(ranked, key=lambda name: (counts[name], -ranked.index(name)))
    known = sum(counts[name] for name in ORDER)
    better = (counts["A"] + counts["O"]) / known if known else None
    worse = -(counts["O"] + counts["M"]) / known if known else None
    return Feature(key, category, {name: counts[name] for name in CLASSES}, better, worse)


def features(keys: Sequence[str], sheets: Sequence[Mapping[str, int]]) -> list[Feature]:
    """The features that somebody answered both questions about (answers f:KEY and d:KEY)."""
    found = []
    for key in keys:
        pairs = [
            (sheet[f"f:{key}"], sheet[f"d:{key}"])
            for sheet in sheets
            if {f"f:{key}", f"d:{key}"} <= sheet.keys()
        ]
        one = feature(key, [classify(*pair) for pair in pairs])
        found += [one] if one else []
    return found
