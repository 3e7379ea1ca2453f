"""Importance–performance analysis (Martilla & James 1977): what to do about each attribute, and by which crosshair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Quadrant(StrEnum):
    """What the place on the map asks for."""

    CONCENTRATE = "concentrate"
    KEEP_UP = "keep_up"
    LOW_PRIORITY = "low_priority"
    OVERKILL = "overkill"


@dataclass(frozen=True, slots=True)
class Spot:
    """An attribute on the map."""

    key: str
    importance: float
    performance: float
    count: int
    quadrant: Quadrant


@dataclass(frozen=True, slots=True)
class Map:
    """The attributes and the crosshair that divides them; `by_means`: the crosshair lies at the means of the map."""

    spots: list[Spot]
    importance_at: float
    performance_at: float
    by_means: bool


def quadrant(importance: float, performance: float, importance_at: float, performance_at: float) -> Quadrant:
    """Where an attribute stands; on the line counts as above it."""
    if importance >= importance_at:
        return Quadrant.KEEP_UP if performance >= performance_at else Quadrant.CONCENTRATE
    return Quadrant.OVERKILL if performance >= performance_at else Quadrant.LOW_PRIORITY


def ipa_map(
    keys: Sequence[str], sheets: Sequence[Mapping[str, int]], crosshair: tuple[float, float] | None = None
) -> Map | None:
    """The map of the attributes that somebody rated on both sides (answers i:KEY and p:KEY); none without any.

    `crosshair`: fixed importance and performance; none: their means over the attributes.
    """
    means = {}
    for key in keys:
        pairs = [
            (sheet[f"i:{key}"], sheet[f"p:{key}"])
            for sheet in sheets
            if {f"i:{key}", f"p:{key}"} <= sheet.keys()
        ]
        if pairs:
            means[key] = (*(sum(side) / len(pairs) for side in zip(*pairs, strict=True)), len(pairs))
    if not means:
        return None
    at = crosshair or (_mean(means, 0), _mean(means, 1))
    spots = [Spot(key, i, p, int(n), quadrant(i, p, *at)) for key, (i, p, n) in means.items()]
    return Map(spots, at[0], at[1], crosshair is None)


def _mean(means: Mapping[str, tuple[float, ...]], side: int) -> float:
    return sum(values[side] for values in means.values()) / len(means)
