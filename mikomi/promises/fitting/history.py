"""Past cases as columns, and what was known of their like when each began."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

UNKNOWN = -1.0
"""Stands for a number that is not known; trees learn what that means."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns a kind of work has. `ladder`: keys from the general to the particular, each shrunk towards the
    one before it (region, then route). `chains`: further ladders for what the first one leaves unexplained.
    `lively`: keys whose last weeks are followed by themselves. `stage_key`: whose first stage is followed
    (the seller's handing over). `numbers`: known when the case begins."""

    numbers: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    ladder: tuple[str, ...] = ()
    chains: tuple[tuple[str, ...], ...] = ()
    lively: tuple[str, ...] = ()
    stage_key: str = ""

    def plain(self) -> dict[str, Any]:
        """As plain values; `layout_from` reads them."""
        return {
            "numbers": list(self.numbers),
            "keys": list(self.keys),
            "ladder": list(self.ladder),
            "chains": [list(chain) for chain in self.chains],
            "lively": list(self.lively),
            "stage_key": self.stage_key,
        }


def layout_from(plain: dict[str, Any]) -> Layout:
    """Inverse of `Layout.plain`."""
    return Layout(
        numbers=tuple(plain["numbers"]),
        keys=tuple(plain["keys"]),
        ladder=tuple(plain["ladder"]),
        chains=tuple(tuple(chain) for chain in plain["chains"]),
        lively=tuple(plain["lively"]),
        stage_key=plain["stage_key"],
    )


@dataclass(frozen=True, slots=True)
class History:
    """Cases in the order in which they began. Moments are days (local, 0 a Monday's midnight), as the rhythm of the
    work counts them where one is known; `ended` and `staged` are nan where it has not happened. `asked` is when each
    began on the calendar. Durations below `floor` count as `floor`."""

    layout: Layout
    asked: Floats
    began: Floats
    ended: Floats
    staged: Floats
    numbers: Floats
    codes: dict[str, Ints]
    values: dict[str, list[str]]
    floor: float

    def log_time(self) -> Floats:
        """The logarithm of each duration; nan while open."""
        return np.asarray(np.log(np.maximum(self.ended - self.began, self.floor)))


def history(
    layout: Layout,
    *,
    began: Sequence[float],
    ended: Sequence[float | None],
    staged: Sequence[float | None],
    numbers: Sequence[Sequence[float | None]],
    keys: Sequence[Sequence[str]],
    counted: Callable[[Floats], Floats] = np.asarray,
) -> History:
    """Put cases in order. `numbers` and `keys` are rows, one for each case, in the layout's order; `counted` turns
    moments of the calendar into those that count (`rhythm.Rhythm.counted`)."""
    start = np.asarray(began, np.float64)
    order = np.argsort(start, kind="stable")
    end = np.asarray([np.nan if one is None else one for one in ended], np.float64)[order]
    stage = np.asarray([np.nan if one is None else one for one in staged], np.float64)[order]
    table = np.asarray(
        [[UNKNOWN if one is None else one for one in row] for row in numbers], np.float64
    ).reshape(len(start), len(layout.numbers))[order]
    codes, values = {}, {}
    for place, name in enumerate(layout.keys):
        found, inverse = np.unique(
            np.asarray([row[place] for row in keys], dtype=object).astype(str), return_inverse=True
        )
        codes[name], values[name] = inverse.astype(np.int64)[order], [str(one) for one in found]
    asked, (start, end, stage) = start[order], (counted(one) for one in (start[order], end, stage))
    spans = (end - start)[~np.isnan(end)]
    floor = float(np.median(spans[spans > 0])) / 40 if (spans > 0).any() else 1e-3
    return History(layout, asked, start, end, stage, table, codes, values, floor)


@dataclass(frozen=True, slots=True)
class Mean:
    """A running mean by key: cases fade with `memory` days; `trust` cases' worth of the wider mean are mixed in.
    `of`: "time" (log duration less the level of its week), "rest" (what the ladder leaves), "stage" (log of the first
    stage), "stage_rest"."""

    name: str
    key: str
    of: str
    memory: float
    trust: float


def means(layout: Layout) -> list[Mean]:
    """The running means of a layout, each ladder from the general to the particular."""
    found = [Mean("all", "", "time", 90.0, 0.0)]
    found += [Mean(f"ladder:{key}", key, "time", 365.0, 8.0) for key in layout.ladder]
    seen: set[str] = set()
    for key in (key for chain in layout.chains for key in chain):
        if key not in seen:
            found.append(Mean(f"chain:{key}", key, "rest", 365.0, 8.0))
            seen.add(key)
    found.append(Mean("lately", "", "rest", 10.0, 3.0))
    found += [Mean(f"lately:{key}", key, "rest", 20.0, 5.0) for key in layout.lively]
    if layout.stage_key:
        found += [
            Mean("stage", "", "stage", 30.0, 1.0),
            Mean(f"stage:{layout.stage_key}", layout.stage_key, "stage_rest", 365.0, 3.0),
        ]
    return found


class Sums:
    """The faded weight and sum of each key's cases, for one running mean."""

    def __init__(self, mean: Mean, size: int) -> None:
        self.mean = mean
        self.weight = np.zeros(size)
        self.total = np.zeros(size)

    def pass_time(self, until: float, since: float, at: Floats, codes: Ints, values: Floats) -> None:
        """Fade from `since` to `until` and take in what ended in between."""
        fade = exp(-(until - since) / self.mean.memory)
        weight = np.exp(-(until - at) / self.mean.memory)
        size = len(self.weight)
        self.weight = self.weight * fade + np.bincount(codes, weight, minlength=size)
        self.total = self.total * fade + np.bincount(codes, weight * values, minlength=size)

    def read(self, codes: Ints, wider: Floats | float) -> Floats:
        """The mean of each key, shrunk towards the wider one."""
        trust = max(self.mean.trust, 1e-9)
        return np.asarray((self.total[codes] + trust * wider) / (self.weight[codes] + trust))


class Knowledge:
    """All running means of a history; `table` is what they say to cases that begin now."""

    def __init__(self, past: History, first_mean: float) -> None:
        self.past = past
        self.first_mean = first_mean
        self.sums = {
            mean.name: Sums(mean, len(past.values[mean.key]) if mean.key else 1)
            for mean in means(past.layout)
        }
        self.base = np.full(len(past.began), first_mean)
        """What the ladder said of each case when it began."""

    def _codes(self, key: str, cases: Ints) -> Ints:
        return self.past.codes[key][cases] if key else np.zeros(len(cases), np.int64)

    def _read(self, name: str, cases: Ints, wider: Floats | float) -> Floats:
        sums = self.sums[name]
        return sums.read(self._codes(sums.mean.key, cases), wider)

    def table(self, cases: Ints) -> Floats:
        """The columns for cases that begin now. The same order as `rules.quoting.columns`."""
        past, layout = self.past, self.past.layout
        asked = past.asked[cases]
        columns = [np.floor(asked) % 7, asked % 1.0]
        columns += [past.numbers[cases, place] for place in range(len(layout.numbers))]
        level = self._read("all", cases, self.first_mean)
        for key in layout.ladder:
            own = self._read(f"ladder:{key}", cases, level)
            # Differences only: what drifts with time by itself would be taken for the name of a time or a place.
            columns.append(own - level)
            level = own
        self.base[cases] = level
        for chain in layout.chains:
            rest: Floats | float = 0.0
            for key in chain:
                rest = self._read(f"chain:{key}", cases, rest)
            columns.append(np.asarray(rest))
        columns.append(self._read("lately", cases, 0.0))
        columns += [self._read(f"lately:{key}", cases, 0.0) for key in layout.lively]
        if layout.stage_key:
            columns.append(self._read(f"stage:{layout.stage_key}", cases, 0.0))
        return np.stack(columns, 1)

    def pass_time(self, since: float, until: float, level: Floats) -> None:
        """Take in what ended, and which first stages ended, from `since` until before `until`; `level` is that of each
        case's week, which is no difference between cases."""
        past = self.past
        with np.errstate(invalid="ignore"):
            ended = np.flatnonzero((past.ended >= since) & (past.ended < until) & (past.ended > past.began))
            staged = np.flatnonzero(
                (past.staged >= since) & (past.staged < until) & (past.staged > past.began)
            )
        time = past.log_time()[ended] - level[ended]
        stage = np.log(np.maximum(past.staged[staged] - past.began[staged], past.floor / 4))
        usual = self._read("stage", staged, 0.0) if "stage" in self.sums else stage
        what = {
            "time": (ended, past.ended[ended], time),
            "rest": (ended, past.ended[ended], time - self.base[ended]),
            "stage": (staged, past.staged[staged], stage),
            "stage_rest": (staged, past.staged[staged], stage - usual),
        }
        for sums in self.sums.values():
            cases, at, values = what[sums.mean.of]
            sums.pass_time(until, since, at, self._codes(sums.mean.key, cases), values)

    def plain(self) -> dict[str, dict[str, list[float]]]:
        """What is known by key: [weight, sum] of each that has any weight left; `rules.quoting` reads it."""
        kept = {}
        for name, sums in self.sums.items():
            values = self.past.values[sums.mean.key] if sums.mean.key else [""]
            kept[name] = {
                values[place]: [round(float(sums.weight[place]), 5), round(float(sums.total[place]), 5)]
                for place in np.flatnonzero(sums.weight > 0.05)
            }
        return kept
