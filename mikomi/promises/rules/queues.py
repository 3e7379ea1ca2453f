"""What stood before each past case when it was made: pure, over plain values."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stay:
    """One case of a lane: when it came, when it was due, when it left (none: still there); seconds since 1970."""

    came: float
    due: float
    left: float | None


def ahead_at_coming(stays: Sequence[Stay]) -> list[int]:
    """For each case, how many of the others were there when it came, due no later than it. O(n log n) comparisons."""
    moments = [(stay.left, 0, place) for place, stay in enumerate(stays) if stay.left is not None]
    moments += [(stay.came, 1, place) for place, stay in enumerate(stays)]
    there: list[float] = []
    found, gone = [0] * len(stays), set()
    for _moment, is_coming, place in sorted(moments):
        stay = stays[place]
        if is_coming:
            found[place] = bisect_right(there, stay.due)
            if place not in gone:
                insort(there, stay.due)
        elif stay.left is not None and stay.left > stay.came:
            del there[bisect_left(there, stay.due)]
        else:
            gone.add(place)  # it left as it came, or before
    return found
