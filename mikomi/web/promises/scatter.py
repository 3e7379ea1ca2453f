"""The picture of a claim: its measurements in order, what is accepted, the interval of their mean. Pure geometry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, MARGIN = 640.0, 200.0, 14.0


@dataclass(frozen=True, slots=True)
class Dot:
    """A measurement: where it stands, and whether it alone is as claimed; `set_aside`: it does not count."""

    x: float
    y: float
    is_accepted: bool
    is_set_aside: bool


@dataclass(frozen=True, slots=True)
class Band:
    """A horizontal band from `y` downwards."""

    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Scatter:
    """Everything in the units of a picture of WIDTH × HEIGHT; `interval` and `mean`: of averages."""

    dots: list[Dot]
    accepted: Band
    target: float
    interval: Band | None
    mean: float | None
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is to be drawn, in the unit of the claim; `points`: value, accepted, set aside."""

    points: Sequence[tuple[float, bool, bool]]
    target: float
    lowest: float | None
    highest: float | None
    interval: tuple[float, float] | None = None
    mean: float | None = None


def scatter(drawn: Drawn) -> Scatter:
    """The picture. What lies beyond the picture's edge (a limit that is far off) is cut there."""
    top, bottom = _scale(drawn)

    def y(value: float) -> float:
        share = (top - min(top, max(bottom, value))) / (top - bottom)
        return round(MARGIN + share * (HEIGHT - 2 * MARGIN), 1)

    def band(low: float | None, high: float | None) -> Band:
        upper = 0.0 if high is None else y(high)
        lower = HEIGHT if low is None else y(low)
        return Band(upper, round(lower - upper, 1))

    step = (WIDTH - 2 * MARGIN) / max(1, len(drawn.points))
    dots = [
        Dot(round(MARGIN + step * (place + 0.5), 1), y(value), accepted, aside)
        for place, (value, accepted, aside) in enumerate(drawn.points)
    ]
    return Scatter(
        dots=dots,
        accepted=band(drawn.lowest, drawn.highest),
        target=y(drawn.target),
        interval=band(*drawn.interval) if drawn.interval else None,
        mean=None if drawn.mean is None else y(drawn.mean),
        top=top,
        bottom=bottom,
    )


def _scale(drawn: Drawn) -> tuple[float, float]:
    """The largest and smallest value that is shown: all measurements, the target and the limits."""
    values = [value for value, _accepted, _aside in drawn.points]
    values += [one for one in (drawn.target, drawn.lowest, drawn.highest) if one is not None]
    if drawn.interval:
        # An interval that is still wide must not flatten everything else.
        spread = max(values) - min(values)
        values += [min(max(one, min(values) - spread), max(values) + spread) for one in drawn.interval]
    low, high = min(values), max(values)
    return (high, low) if high > low else (high + 1, low - 1)
