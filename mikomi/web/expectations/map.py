"""The importance–performance map as a picture. Pure geometry."""

from __future__ import annotations

from dataclasses import dataclass

from mikomi.feedback.rules.ipa import Map, Quadrant

SIZE, MARGIN = 400.0, 28.0
TONES = {Quadrant.CONCENTRATE: "broken", Quadrant.KEEP_UP: "kept", Quadrant.OVERKILL: "risk"}


@dataclass(frozen=True, slots=True)
class Point:
    """An attribute: its number in the table, its place and its tone."""

    number: int
    key: str
    x: float
    y: float
    tone: str | None


@dataclass(frozen=True, slots=True)
class Picture:
    """Points and crosshair in a square of SIZE; performance runs to the right, importance upwards."""

    points: list[Point]
    cross_x: float
    cross_y: float


def place(found: Map) -> Picture:
    """The map drawn on the scale of the answers, 1 to 7."""

    def x(value: float) -> float:
        return round(MARGIN + (value - 1) / 6 * (SIZE - 2 * MARGIN), 1)

    points = [
        Point(number, spot.key, x(spot.performance), SIZE - x(spot.importance), TONES.get(spot.quadrant))
        for number, spot in enumerate(found.spots, 1)
    ]
    return Picture(points, x(found.performance_at), SIZE - x(found.importance_at))
