"""How long work takes at present, apart from what tells one case from another."""

from __future__ import annotations

import numpy as np

from mikomi.promises.fitting.history import Flags, Floats, Ints
from mikomi.promises.fitting.survival import SPREAD, expected_beyond

WEEKS_LEFT_OPEN = 20
"""The level of earlier weeks is settled: hardly anything that began then is open."""
DRIFT = 0.08
"""How much the level (log) usually moves from one week to the next."""
ROUNDS = 8


def path(settled: Floats, weeks: Ints, rest: Floats, done: Flags, *, lost: float) -> Floats:
    """The level (log) of each week, hindsight included: `settled` are those of earlier estimates, one more is added.

    `rest` is the log time that each case took, or has lasted, less what is predicted of it among its like; `lost` the
    share that never ends. Errors are logistic, open cases are censored (a cure model: Berkson and Gage 1952), weeks
    walk at random with DRIFT. Newton's method on the posterior.
    """
    first = max(0, len(settled) - WEEKS_LEFT_OPEN)
    level = np.append(settled[first:], settled[-1])
    size = len(level)
    links = (2.0 * np.eye(size) - np.eye(size, k=1) - np.eye(size, k=-1)) / DRIFT**2
    links[-1, -1] = 1.0 / DRIFT**2
    before = settled[first - 1] if first else settled[0]
    pull = np.zeros(size)
    pull[0] = before / DRIFT**2
    if not first:
        links[0, 0] -= 1.0 / DRIFT**2 - 1.0
        pull[0] = before
    some = weeks >= first
    place, rest, done = weeks[some] - first, rest[some], done[some]
    for _round in range(ROUNDS):
        slope, bend = _scores(rest - level[place], done, lost)
        down = np.bincount(place, slope, minlength=size) - links @ level + pull
        step = np.linalg.solve(links + np.diag(np.bincount(place, bend, minlength=size)), down)
        level = level + np.clip(step, -0.5, 0.5)
        if np.abs(step).max() < 1e-3:
            break
    return np.concatenate([settled[:first], level])


def _scores(rest: Floats, done: Flags, lost: float) -> tuple[Floats, Floats]:
    """First and (negated, expected) second derivative of each case's log likelihood in the level."""
    p = 1.0 / (1.0 + np.exp(-np.clip(rest / SPREAD, -30.0, 30.0)))
    alive = (1.0 - lost) * (1.0 - p)
    coming = alive / (alive + lost + 1e-12)
    slope = np.where(done, 2.0 * p - 1.0, coming * p) / SPREAD
    bend = np.where(done, 2.0 * p * (1.0 - p), coming * p * (1.0 - p)) / SPREAD**2
    return slope, bend


def latest(
    rest: Floats, done: Flags, age: Floats, before: float, *, memory: float, trust: float, clip: float
) -> float:
    """How long the latest cases take (log, over what is predicted of them), open ones by what they may be expected to
    reach; `trust` cases' worth of "as before" are mixed in, and none counts as further off than `clip`."""
    some = (age >= 0.5) & (age < np.where(done, 8.0, 2.0) * memory)
    rest, done, weight = rest[some], done[some], np.exp(-age[some] / memory)
    level = before
    for _round in range(40):
        filled = np.where(done, rest, expected_beyond(rest, level))
        moved = np.clip(filled - level, -clip, clip)
        step = (float((weight * moved).sum()) - trust * (level - before)) / (float(weight.sum()) + trust)
        level += step
        if abs(step) < 1e-4:
            break
    return level
