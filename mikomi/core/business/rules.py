"""What a business may say of itself: kinds of business with their usual hours, and what is refused. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from zoneinfo import available_timezones

Minutes = tuple[int, int]
"""Opening and closing in minutes since midnight; 1440 is the end of the day."""
WeekHours = Sequence[tuple[int, int, int]]
"""Weekday (0 is Monday), opening and closing; a split day has several."""

DAY_MINUTES = 1440
LANGUAGES = ("ja", "en")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_CURRENCY = re.compile(r"[A-Z]{3}")


def week(days: Iterable[int], *intervals: Minutes) -> tuple[tuple[int, int, int], ...]:
    """The same hours on several weekdays."""
    return tuple((day, opens, closes) for day in days for opens, closes in intervals)


@dataclass(frozen=True, slots=True)
class Preset:
    """What a kind of business usually starts with; all of it can be changed."""

    hours: tuple[tuple[int, int, int], ...]
    observes_holidays: bool
    ship_within_days: int | None
    weekly_cap: int


OFFICE = week(range(5), (540, 1080))
PRESETS: dict[str, Preset] = {
    "shop": Preset(week(range(7), (600, 1140)), observes_holidays=False, ship_within_days=3, weekly_cap=3),
    "b2c": Preset(OFFICE, observes_holidays=True, ship_within_days=3, weekly_cap=3),
    "b2b": Preset(OFFICE, observes_holidays=True, ship_within_days=5, weekly_cap=2),
    "salon": Preset(
        week((1, 2, 3, 4, 5, 6), (600, 1200)), observes_holidays=False, ship_within_days=None, weekly_cap=2
    ),
    "maker": Preset(
        week(range(5), (540, 720), (780, 1080)), observes_holidays=True, ship_within_days=7, weekly_cap=2
    ),
    "service": Preset(
        week(range(6), (540, 1080)), observes_holidays=True, ship_within_days=None, weekly_cap=3
    ),
}


def hours_problem(hours: WeekHours) -> str:
    """A code for what is wrong with a week: `empty`, `weekday`, `order` or `overlap`; empty when all is well."""
    if not hours:
        return "empty"
    if any(not 0 <= day <= 6 for day, _, _ in hours):
        return "weekday"
    for day in range(7):
        if problem := intervals_problem([(opens, closes) for on, opens, closes in hours if on == day]):
            return problem
    return ""


def intervals_problem(intervals: Sequence[Minutes]) -> str:
    """A code for what is wrong with the hours of one day: `order` or `overlap`; empty when all is well."""
    if any(not 0 <= opens < closes <= DAY_MINUTES for opens, closes in intervals):
        return "order"
    ordered = sorted(intervals)
    overlap = any(opens < closed for (_, closed), (opens, _) in pairwise(ordered))
    return "overlap" if overlap else ""


def wrong_settings(settings: Mapping[str, Any]) -> set[str]:
    """The names of those settings whose value can't be: unknown zone, negative days, a colour that is none."""
    return {name for name, value in settings.items() if name in _CHECKS and not _CHECKS[name](value)}


def _fits(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _between(low: float, high: float) -> Callable[[Any], bool]:
    return lambda value: (
        not isinstance(value, bool) and isinstance(value, int | float) and low <= value <= high
    )


_CHECKS: dict[str, Callable[[Any], bool]] = {
    "name": lambda value: 0 < len(value.strip()) <= 200,
    "preset": lambda value: value in PRESETS,
    "time_zone": lambda value: value in available_timezones(),
    "language": lambda value: value in LANGUAGES,
    "country": _fits(_COUNTRY),
    "currency": _fits(_CURRENCY),
    "colour": _fits(_COLOUR),
    "weekly_cap": _between(0, 1_000),
    "ship_within_days": lambda value: value is None or _between(0, 365)(value),
    "at_risk_from": _between(0.01, 0.99),
}
