"""What stands around an open promise and makes it harder to keep than the comparable cases were: goods that are
missing, work that is due before it, colleagues who are not there. Pure.

Work: the *load* of a promise is the number of promises of its kind that are due before it (and itself), for each
colleague at work, on average over its whole promised time: so the past cases have it, and so a closing time or a free
day alone changes nothing. Its hazard is that of the comparable cases divided by
`slowness` = (load ÷ neutral load) ** elasticity (proportional hazards, Cox 1972); `rules.hazard` learns both.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

LEAST_AT_WORK = 0.02
"""Nobody at work counts as this many colleagues: half an hour of one in a day."""
SLOWEST, FASTEST = 8.0, 0.25
"""Beyond what was seen nothing is claimed: slowness stays within these bounds."""
NOTABLE = 1.25
"""From this slowness on, and this far from the usual, a reason is named."""


@dataclass(frozen=True, slots=True)
class Shortage:
    """Goods that a promise needs and that are not there. `arrives_at`: when they are; none: nobody knows."""

    missing: int
    arrives_at: datetime | None = None


class Load(NamedTuple):
    """`ahead`: promises of the kind that are due before this one, with the same keeper. `at_work`: colleagues at work,
    averaged over its promised time: two people, open a quarter of the week, are 0.5. `away`: the part of the time that
    they would work then which is lost because they are away or have left, 0…1."""

    ahead: float
    at_work: float
    away: float = 0.0

    @property
    def per_head(self) -> float:
        """Promises to be kept, this one among them, for each colleague at work."""
        return (1.0 + self.ahead) / max(self.at_work, LEAST_AT_WORK)


@dataclass(frozen=True, slots=True)
class Habit:
    """What the past cases of a kind had around them (`usual`: geometric means), and how much it slowed them.
    `neutral`: the load per head at which the work goes as fast as that of the cases taken together."""

    elasticity: float
    usual: Load
    neutral: float
    cases: int

    def slowness(self, load: Load) -> float:
        """By how much work goes slower under this load."""
        return slowness(load.per_head / self.neutral, self.elasticity)


def slowness(ratio: float, elasticity: float) -> float:
    """By how much work goes slower at `ratio` times the neutral load."""
    return min(SLOWEST, max(FASTEST, float(ratio**elasticity)))


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known around one promise now; `habit` none: too few past cases to say what its load means."""

    shortage: Shortage | None = None
    load: Load | None = None
    habit: Habit | None = None

    @property
    def slowness(self) -> float:
        """By how much the work goes slower than that of comparable cases; 1: as usual."""
        if self.load is None or self.habit is None:
            return 1.0
        return self.habit.slowness(self.load)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Codes of what makes it harder than usual: no_stock, stock_later, queue, few_staff."""
        found = []
        if self.shortage is not None:
            found.append("stock_later" if self.shortage.arrives_at else "no_stock")
        if self.load is not None and self.habit is not None and self.slowness >= NOTABLE:
            usual = self.habit.usual
            if 1 + self.load.ahead >= NOTABLE * (1 + usual.ahead):
                found.append("queue")
            if self.load.at_work * NOTABLE <= usual.at_work and (1.0 - self.load.away) * NOTABLE <= 1.0:
                found.append("few_staff")
        return tuple(found)


USUAL = Circumstances()
"""Nothing is known that differs from the comparable cases."""
