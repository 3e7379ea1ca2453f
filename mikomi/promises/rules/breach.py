"""The chance of breach of an open promise: from comparable cases, the newest estimate, and what stands around it
(`circumstances`). Pure; the time is an argument."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from math import floor
from typing import NamedTuple

from mikomi.promises.rules.circumstances import USUAL, Circumstances, Shortage
from mikomi.promises.rules.deadlines import State, Time, Verdict

PRIOR_LATE = 0.1
"""Stated, not learned: before there is history, one promise in ten is expected to be late."""
PRIOR_WEIGHT = 5
"""The prior counts as much as this many cases."""
ENOUGH_CASES = 20
"""Fewer cases of a group are not trusted; the whole kind is asked instead."""
ESTIMATE_LATE = 0.95
"""An estimate beyond the due time is nearly always right about that."""
ESTIMATE_IN_TIME = 0.3
"""An estimate within the due time leaves this part of the risk."""
NO_STOCK_LATE = 0.9
"""Stated: goods that are missing, and nobody knows when they come, are late nine times in ten."""
SOONEST_LOOK = timedelta(minutes=1)


class Past(NamedTuple):
    """Comparable cases: ascending quantiles (0…1) of the time taken, and how many cases. `whole`: the promised time
    in the unit of the quantiles; 1: they are shares of it."""

    shares: tuple[float, ...] = ()
    count: int = 0  # type: ignore[assignment]
    whole: float = 1.0


@dataclass(frozen=True, slots=True)
class Forecast:
    """The chance of breach 0…1, why, and on how many past cases it rests."""

    risk: float
    reason: str
    cases: int


def survival(share: float, past: Past) -> float:
    """The part of cases that took longer than `share` (0 or more) of their promised time: the past cases together
    with a prior of PRIOR_WEIGHT cases whose time is exponential with PRIOR_LATE of them late. Never zero."""
    prior: float = PRIOR_LATE**share
    count = past.count
    if not count:
        return prior
    seen = 1.0 - _cumulative(share * past.whole, past.shares)
    return (count * seen + PRIOR_WEIGHT * prior) / (count + PRIOR_WEIGHT)


def _cumulative(share: float, quantiles: Sequence[float]) -> float:
    """The part of cases that took at most `share`, linear between the stored quantiles; of equal ones the last
    counts: "at most" takes them all in."""
    place, last = bisect_right(quantiles, share), len(quantiles) - 1
    if 0 < place <= last:
        low = quantiles[place - 1]
        return (place - 1 + (share - low) / (quantiles[place] - low)) / last
    return 1.0 if place else 0.0


def risk(elapsed_share: float, past: tuple[tuple[float, ...], int, float], slowness: float = 1.0) -> float:
    """P(T > 1 | T > elapsed), T in shares of the promised time: of the cases that had lasted as long as this one
    has, the part that ended too late. 1 once the whole time has passed. Where work goes slower than theirs by
    `slowness`, the hazard is divided by it, so what survives is (S(1) ÷ S(elapsed)) ** (1 ÷ slowness). `past`: a Past
    or a plain tuple like it, made quicker."""
    if elapsed_share >= 1.0:
        return 1.0
    shares, count, whole = past
    late, left = PRIOR_WEIGHT * PRIOR_LATE, PRIOR_WEIGHT * PRIOR_LATE**elapsed_share
    if count:  # of `survival` of both, whose divisor is the same
        late += count * (1.0 - _cumulative(whole, shares))
        left += count * (1.0 - _cumulative(elapsed_share * whole, shares))
    return float(late / left if slowness == 1.0 else (late / left) ** (1.0 / slowness))


def forecast(
    past: Past,
    elapsed_share: float,
    now: datetime,
    due_at: datetime,
    expected_at: datetime | None,
    *,
    around: Circumstances = USUAL,
) -> Forecast:
    """The chance of breach from comparable cases, the newest estimate and what stands around the promise. It never
    falls as time alone passes, as the load grows, or as goods are missing."""
    known = _from_cases(past, risk(elapsed_share, past, around.slowness), now, due_at, expected_at)
    if around.shortage is None or now >= due_at:
        return known
    late = _late_for_goods(around.shortage, past, elapsed_share, now, due_at)
    return Forecast(late, "no_stock", past.count) if late > known.risk else known


def _from_cases(
    past: Past, base: float, now: datetime, due_at: datetime, expected_at: datetime | None
) -> Forecast:
    if expected_at is None:
        return Forecast(base, "past_cases" if past.count else "prior", past.count)
    if expected_at > due_at:
        return Forecast(max(base, ESTIMATE_LATE), "estimate_late", past.count)
    if now > expected_at:
        return Forecast(base, "estimate_passed", past.count)
    return Forecast(base * ESTIMATE_IN_TIME, "estimate_in_time", past.count)


def _late_for_goods(
    shortage: Shortage, past: Past, elapsed_share: float, now: datetime, due_at: datetime
) -> float:
    """The chance of breach while goods are missing: the work can't begin before they are there, so a case that begins
    then must be done in the part of the promised time that is left by then."""
    if shortage.arrives_at is None:
        return NO_STOCK_LATE
    if shortage.arrives_at >= due_at:
        return ESTIMATE_LATE
    left = (due_at - max(shortage.arrives_at, now)) / (due_at - now)
    return survival((1.0 - elapsed_share) * left, past)


def elapsed_share(made_at: datetime, due_at: datetime, now: datetime, clock: Time) -> float:
    """The part of the promised time that has gone; 1 where nothing was left to promise."""
    whole = clock.between(made_at, due_at)
    if whole <= timedelta():
        return 1.0
    return max(0.0, clock.between(made_at, now) / whole)


@lru_cache(maxsize=4096)
def crossing_share(past: Past, threshold: float) -> float:
    """The elapsed share at which the risk reaches the threshold; 0 when it does so at once, 1 at the latest."""
    if risk(0.0, past) >= threshold:
        return 0.0
    low, high = 0.0, 1.0
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (low, middle) if risk(middle, past) >= threshold else (middle, high)
    return high


@dataclass(frozen=True, slots=True)
class View:
    """A promise as the forecast sees it."""

    judged: Verdict
    made_at: datetime
    past: Past
    forecast: Forecast
    around: Circumstances = USUAL


def next_look(view: View, threshold: float, now: datetime) -> datetime | None:
    """When the verdict or the side of the threshold can change by itself: the due time, the moment at which the
    risk crosses the threshold, the moment an estimate passes. None: never (decided, or on hold)."""
    judged = view.judged
    if judged.state is not State.OPEN or judged.paused_since:
        return None
    moments = [judged.due_at + timedelta(seconds=1)]
    if view.forecast.risk < threshold:
        if view.forecast.reason == "estimate_in_time" and judged.expected_at:
            moments.append(judged.expected_at + timedelta(seconds=1))
            crossing = _crossing(view, threshold / ESTIMATE_IN_TIME)
        else:
            crossing = _crossing(view, threshold)
        moments += [crossing] if crossing else []
    arrival = view.around.shortage.arrives_at if view.around.shortage else None
    moments += [arrival] if arrival and arrival > now else []
    return max(min(moments), now + SOONEST_LOOK)


def _crossing(view: View, threshold: float) -> datetime | None:
    whole = view.judged.time.between(view.made_at, view.judged.due_at)
    if threshold > 1.0 or whole <= timedelta():
        return None
    # The slower the work, the sooner it is at risk; a slowness rounded up would have it looked at before it is.
    reached = threshold ** (floor(view.around.slowness * 100) / 100)
    return view.judged.time.after(view.made_at, whole * crossing_share(view.past, reached))
