"""From past cases to a model that a quote can be read from: the function that the compute process runs."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Any

import numpy as np

from mikomi.promises.fitting.history import Floats, History, history, layout_from
from mikomi.promises.fitting.rhythm import rhythm
from mikomi.promises.fitting.survival import distribution, effective, expected_beyond
from mikomi.promises.fitting.walking import ENOUGH_FOR_TREES, STEP, State, Tuning, Walk, calibration, walked

TRUST = 8.0
"""A group's own mean counts as much as the wider one once it has this many cases."""
WEEKS_TO_WALK = 16
VERSION = 3
TARGETS = (0.8, 0.9, 0.95)
"""The confidences whose kept rate is followed."""


def fit(
    *,
    layout: dict[str, Any],
    cases: dict[str, list[Any]],
    now: float,
    lost_count: bool = True,
    holidays: Collection[int] = (),
) -> dict[str, Any]:
    """A model as plain values (read by `rules.quoting.Model`).

    `cases` has the lists began, ended, staged (days, none while open), numbers and keys (rows in the layout's order).
    Left out, and counted: cases that end before they begin, and those that begin after `now`. What ends after `now`
    is open now. `holidays` are days (since a Monday) on which hardly anything ends. With some 200 ended cases over
    16 weeks the history is walked; with fewer, groups are shrunk towards the whole and every case is predicted from
    the others.
    """
    kept, negative, ahead = _sensible(cases, now)
    ended = [_until(cases["ended"][place], now) for place in kept]
    beat = rhythm(np.asarray([math.nan if one is None else one for one in ended], np.float64), holidays)
    past = history(
        layout_from(layout),
        began=[cases["began"][place] for place in kept],
        ended=ended,
        staged=[_until(cases["staged"][place], now) for place in kept],
        numbers=[cases["numbers"][place] for place in kept],
        keys=[cases["keys"][place] for place in kept],
        counted=beat.counted,
    )
    now = float(beat.counted(np.asarray(now)))
    done = int((~np.isnan(past.ended)).sum())
    counts = {"cases": len(kept), "done": done, "negative": negative, "ahead": ahead}
    base = {"version": VERSION, "layout": layout, "counts": counts, "floor": past.floor, **beat.plain()}
    if done == 0:
        return {**base, "enough": False}
    tuning = Tuning(lost_count=lost_count)
    walks = done >= ENOUGH_FOR_TREES and now - float(past.began[0]) > WEEKS_TO_WALK * STEP
    return {
        **base,
        "enough": True,
        "walked": walks,
        **(_walk(past, now, tuning) if walks else _few(past, now, tuning)),
    }


def _sensible(cases: dict[str, list[Any]], now: float) -> tuple[list[int], int, int]:
    kept, negative, ahead = [], 0, 0
    for place, (began, ended) in enumerate(zip(cases["began"], cases["ended"], strict=True)):
        if began >= now:
            ahead += 1
        elif ended is not None and ended <= began:
            negative += 1
        else:
            kept.append(place)
    return kept, negative, ahead


def _until(moment: float | None, now: float) -> float | None:
    return moment if moment is not None and moment < now else None


def _walk(past: History, now: float, tuning: Tuning) -> dict[str, Any]:
    steps = math.ceil((now - float(past.began[0])) / STEP)
    walk = Walk(past, TARGETS, now - steps * STEP, tuning)
    for _step in range(steps):
        walk.advance()
    state = walk.learn(grow_now=True)
    knowledge = walk.knowledge
    key = past.layout.ladder[0] if past.layout.ladder else ""
    return {
        "tables": knowledge.plain(),
        "first_mean": knowledge.first_mean,
        "calibration": calibration(walk, now, key),
        **walked(state, tuning),
    }


def _few(past: History, now: float, tuning: Tuning) -> dict[str, Any]:
    """Means by group, each shrunk towards the wider one; the residuals are those of cases left out of their means."""
    done = ~np.isnan(past.ended)
    reached = np.log(np.maximum(np.where(done, past.ended, now) - past.began, past.floor))
    centre = float(np.median(reached[done]))
    filled = reached
    for _round in range(8):
        filled = np.where(done, reached, expected_beyond(reached, centre))
        centre = float(filled.mean())
    predicted, tables = _left_out(past, filled)
    values, below = distribution(
        reached - predicted, done, np.ones(len(reached)), lost_count=tuning.lost_count
    )
    state = State(now, [], 0.0, centre, values, below, effective(np.ones(int(done.sum()))))
    plain = walked(state, tuning)
    return {"tables": tables, "first_mean": centre, **plain, "tilt": 1.0}


def _left_out(past: History, filled: Floats) -> tuple[Floats, dict[str, dict[str, list[float]]]]:
    """Each case's prediction from the others, and the sums by key."""
    size, total = len(filled), float(filled.sum())
    tables = {"all": {"": [float(size), total]}}
    level = (total - filled) / (size - 1) if size > 1 else filled
    for key in past.layout.ladder:
        codes, values = past.codes[key], past.values[key]
        weight = np.bincount(codes, minlength=len(values)).astype(np.float64)
        sums = np.bincount(codes, filled, minlength=len(values))
        level = (sums[codes] - filled + TRUST * level) / (weight[codes] - 1 + TRUST)
        tables[f"ladder:{key}"] = {
            value: [float(weight[place]), float(sums[place])] for place, value in enumerate(values)
        }
    return np.asarray(level), tables
