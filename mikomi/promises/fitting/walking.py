"""Walking through a history week by week, quoting each week's cases with only what was known at its start.

What cases have in common, the level of their week, is taken out before anything is learned of what tells them apart:
a slow month must not be taken for a slow place.

What the walk has quoted and how that turned out corrects what it quotes next, so that the stated rate is the kept
rate: conformal prediction on walk-forward residuals (Vovk et al. 2005), with open cases as censored (Kaplan–Meier) and
a level with a trend (Holt 1957) that follows what the last weeks took more or less than predicted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mikomi.promises.fitting.boosting import Settings, Trees, grow
from mikomi.promises.fitting.history import Flags, Floats, History, Ints, Knowledge
from mikomi.promises.fitting.levels import WEEKS_LEFT_OPEN, latest, path
from mikomi.promises.fitting.survival import distribution, effective, expected_beyond, quantile

STEP = 7.0
"""Days between two states of knowledge."""
STEPS_PER_GROWTH = 4
MANY, STEPS_PER_GROWTH_OF_MANY = 20_000, 12
"""Of so many cases each growth takes longer and changes less."""
SEEDS = 4
ENOUGH_FOR_TREES = 200
MOST_GROUPS = 12
"""Groups shown in a calibration: those with the most cases."""
REMEMBERED = 540.0
"""Days; cases that began longer ago than that are not looked at for level and residuals."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """How quickly the walk learns; days where not said otherwise. See docs/promises.md for how they were chosen."""

    tree_memory: float = 1000.0
    patience: float = 4.0
    """A case open for longer than this many usual times says nothing to the trees (it may be lost)."""
    lost_after: float = 9.0
    """Usual times after which an open case counts as lost."""
    level_memory: float = 10.0
    level_trust: float = 3.0
    """So many cases' worth of "as predicted" are mixed in."""
    level_clip: float = 0.4
    """No single case counts as further off than this (log)."""
    trend_memory: float = 0.95
    trend_ahead: float = 9.0
    """Steps: how far behind the level is when it is used; what ends today began long ago."""
    centre_memory: float = 30.0
    tilt: float = 0.65
    """How much of the difference between cases is believed: predictions scatter more than the truth, and at the same
    share kept overall the fewest days are quoted where the tails are equally dense (docs/promises.md)."""
    residual_memory: float = 1000.0
    lost_count: bool = False
    settings: Settings = field(default_factory=Settings)


@dataclass(slots=True)
class State:
    """What quoting needs at one moment."""

    at: float
    trees: list[Trees]
    level: float
    centre: float
    values: Floats
    below: Floats
    effective: float


class Walk:
    """One history, walked step by step. Its arrays may hold what happens later; nothing later than the step's start
    is ever read."""

    def __init__(self, past: History, targets: Sequence[float], start: float, tuning: Tuning) -> None:
        self.past = past
        self.targets = tuple(targets)
        self.tuning = tuning
        self.at = start
        self.step = 0
        self.log_time = past.log_time()
        size = len(past.began)
        done = past.ended < start
        first = self.log_time[done] if done.any() else self.log_time[~np.isnan(self.log_time)]
        self.knowledge = Knowledge(past, 0.0)
        self.weeks = np.maximum(np.floor((past.began - start) / STEP), 0).astype(np.int64)
        self.path = np.asarray([float(np.median(first)) if len(first) else 0.0])
        """The level of each week so far, the coming one last."""
        self.table: Floats | None = None
        self.raw = np.full(size, np.nan)
        self.predicted = np.full(size, np.nan)
        self.quoted = {target: np.full(size, np.nan) for target in self.targets}
        self.trees: list[Trees] = []
        self.level = float(self.path[0])
        self.slope = 0.0
        self.growth_every = STEPS_PER_GROWTH if size < MANY else STEPS_PER_GROWTH_OF_MANY

    def advance(self) -> State:
        """Learn what is known now, quote the cases of the coming step, and let it pass."""
        now, until = self.at, self.at + STEP
        coming = self._between(now, until)
        table = self.knowledge.table(coming)
        if self.table is None:
            self.table = np.zeros((len(self.past.began), table.shape[1]))
        self.table[coming] = table
        state = self.learn(grow_now=self.step % self.growth_every == 0)
        self.raw[coming] = self._predict(table, coming)
        self._quote(coming, state)
        self.knowledge.pass_time(now, until, self._level_of_week())
        self.at, self.step = until, self.step + 1
        return state

    def learn(self, *, grow_now: bool) -> State:
        """What is known at the step's start, once for each step; trees only when `grow_now`, they change slowly."""
        if self.step:
            self._learn_path(self.at)
        if grow_now:
            self.trees = self._grow(self.at)
        return self._state(self.at)

    def _level_of_week(self) -> Floats:
        """The level of the week in which each case began, as far as it is known; later ones have the latest."""
        return np.asarray(self.path[np.minimum(self.weeks, len(self.path) - 1)])

    def _learn_path(self, now: float) -> None:
        cases = self._known(now, STEP * (WEEKS_LEFT_OPEN + 1))
        reached, done, age = self._seen(cases, now)
        usual = float(np.exp(np.median(reached[done]))) if done.any() else float(np.exp(self.path[-1]))
        old = age > self.tuning.lost_after * usual
        lost = (float((old & ~done).sum()) + 0.5) / (float(old.sum()) + 20.0)
        some = done | ~old
        rest = (reached - np.nan_to_num(self.raw[cases]))[some]
        self.path = path(self.path, self.weeks[cases][some], rest, done[some], lost=lost)

    def _between(self, since: float, until: float) -> Ints:
        low, high = np.searchsorted(self.past.began, [since, until])
        return np.arange(low, high)

    def _seen(self, cases: Ints, now: float) -> tuple[Floats, Flags, Floats]:
        """Log of the time each case took or has lasted by now, whether it has ended, and its age in days."""
        age = now - self.past.began[cases]
        with np.errstate(invalid="ignore"):
            done = self.past.ended[cases] < now
        lasted = np.log(np.maximum(age, self.past.floor))
        return np.where(done, self.log_time[cases], lasted), done, age

    def _known(self, now: float, remembered: float) -> Ints:
        """The cases that began before now and make sense: none that ended before it began."""
        cases = self._between(now - remembered, now)
        with np.errstate(invalid="ignore"):
            return cases[~(self.past.ended[cases] <= self.past.began[cases])]

    def _grow(self, now: float) -> list[Trees]:
        cases = self._known(now, 3.0 * self.tuning.tree_memory)
        reached, done, age = self._seen(cases, now)
        if done.sum() < ENOUGH_FOR_TREES or self.table is None:
            return []
        usual = float(np.exp(np.median(reached[done])))
        kept = np.flatnonzero(done | (age < usual * self.tuning.patience))
        rng = np.random.default_rng(len(cases))
        if len(kept) > self.tuning.settings.most_rows:
            kept = np.sort(rng.choice(kept, self.tuning.settings.most_rows, replace=False))
        cases, reached, done, age = cases[kept], reached[kept], done[kept], age[kept]

        base = self.knowledge.base[cases] + self._level_of_week()[cases]

        def impute(predicted: Floats) -> Floats:
            centre = base + predicted
            return np.asarray(np.where(done, reached, expected_beyond(reached, centre)) - base)

        weight = np.exp(-age / self.tuning.tree_memory)
        table = self.table[cases]
        return [grow(table, weight, impute, seed, self.tuning.settings) for seed in range(SEEDS)]

    def _predict(self, table: Floats, cases: Ints) -> Floats:
        if not self.trees or not len(cases):
            return self.knowledge.base[cases]
        grown = np.mean([trees.predict(table) for trees in self.trees], axis=0)
        return np.asarray(self.knowledge.base[cases] + grown)

    def _state(self, now: float) -> State:
        known = self._known(now, REMEMBERED)
        known = known[~np.isnan(self.raw[known])]
        reached, done, age = self._seen(known, now)
        tuning = self.tuning
        before = self.level
        if len(known):
            memory, trust, clip = tuning.level_memory, tuning.level_trust, tuning.level_clip
            rest = reached - self.raw[known]
            self.level = latest(rest, done, age, before, memory=memory, trust=trust, clip=clip)
        self.slope = tuning.trend_memory * self.slope + (1 - tuning.trend_memory) * (self.level - before)
        level = self.level + tuning.trend_ahead * self.slope
        centre = level
        if len(known):
            centre += float(np.average(self.raw[known], weights=np.exp(-age / tuning.centre_memory)))
        quoted = ~np.isnan(self.predicted[known])
        weight = np.exp(-age / tuning.residual_memory)[quoted]
        rest = (reached - self.predicted[known])[quoted]
        if not quoted.any():
            return State(now, self.trees, level, centre, rest, rest, 0.0)
        values, below = distribution(rest, done[quoted], weight, lost_count=tuning.lost_count)
        size = effective(weight[done[quoted]])
        return State(now, self.trees, level, centre, values, below, size)

    def _quote(self, coming: Ints, state: State) -> None:
        if not len(coming):
            return
        moved = self.raw[coming] + state.level
        self.predicted[coming] = state.centre + self.tuning.tilt * (moved - state.centre)
        if state.effective < 10:
            return
        for target in self.targets:
            share = min(1.0, target * (state.effective + 1) / state.effective)
            rest = quantile(state.values, state.below, share)
            self.quoted[target][coming] = self.predicted[coming] + rest


def calibration(walk: Walk, now: float, key: str) -> list[list[Any]]:
    """How the walk's quotes turned out: [target, value of `key` or "", judged, kept], the whole first. Judged are
    cases that began longer ago than they were quoted: whether they were in time is known of every one."""
    past = walk.past
    rows: list[list[Any]] = []
    for target, logs in walk.quoted.items():
        quoted = np.exp(logs)
        with np.errstate(invalid="ignore"):
            judged = (now - past.began > quoted) & ~(past.ended <= past.began)
            kept = judged & (past.ended - past.began <= quoted)
        rows.append([target, "", int(judged.sum()), int(kept.sum())])
        codes = past.codes.get(key)
        if codes is None:
            continue
        size = len(past.values[key])
        all_by, kept_by = (np.bincount(codes[some], minlength=size) for some in (judged, kept))
        rows += [
            [target, past.values[key][place], int(all_by[place]), int(kept_by[place])]
            for place in np.argsort(-all_by)[:MOST_GROUPS]
            if all_by[place]
        ]
    return rows


def walked(state: State, tuning: Tuning) -> dict[str, Any]:
    """A state as plain values, for storing; see `rules.quoting.Model`."""
    grid = [place / 200 for place in range(201)]
    return {
        "level": state.level,
        "centre": state.centre,
        "tilt": tuning.tilt,
        "rest": [round(quantile(state.values, state.below, share), 5) for share in grid]
        if len(state.values)
        else [],
        "reaches": float(state.below[-1]) if len(state.below) else 0.0,
        "effective": round(state.effective, 2),
        "trees": [
            {"base": trees.base, "columns": trees.columns, "edges": trees.edges, "leaves": trees.leaves}
            for trees in state.trees
        ],
    }
