"""Reads about the business: itself, its calendar, its stores and teams."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet

from mikomi.core import clock
from mikomi.core.business.models import Brand, Business, CalendarDay, OpeningHours, Store, Team
from mikomi.core.business.rules import OFFICE
from mikomi.core.calendars.holidays import public_holidays
from mikomi.core.calendars.rules import Span, WorkingCalendar
from mikomi.core.kept import kept
from mikomi.core.steady import read_steadily

RECHECK_SECONDS = 2.0
"""How soon a change made by another process is seen here."""
YEARS_BACK, YEARS_AHEAD = 8, 5
"""Public holidays are known for these years around the present one."""


class NotSetUpError(RuntimeError):
    """The business has no row yet: the first-run page comes first."""


@read_steadily
def business() -> Business:
    """The business of this installation; an unsaved one with the defaults before the first run."""
    return next(iter(_first()), None) or Business(
        name="", time_zone=settings.DEFAULT_BUSINESS_ZONE, language=settings.LANGUAGE_CODE
    )


@kept()
def _first() -> QuerySet[Business]:
    return Business.objects.order_by("id")[:1]


def zone() -> ZoneInfo:
    """The zone in which the business's days begin and end."""
    return business().zone


def brands() -> QuerySet[Brand]:
    """Every brand, by name."""
    return Brand.objects.order_by("name", "id")


def stores() -> QuerySet[Store]:
    """Every store, by name."""
    return Store.objects.select_related("brand").order_by("name", "id")


def teams() -> QuerySet[Team]:
    """Every team, by name."""
    return Team.objects.order_by("name", "id")


def hours() -> dict[int, list[tuple[int, int]]]:
    """The open intervals of each weekday (0 is Monday) in minutes since midnight; OFFICE before any are set."""
    rows = list(OpeningHours.objects.values_list("weekday", "opens", "closes")) or list(OFFICE)
    found: dict[int, list[tuple[int, int]]] = {day: [] for day in range(7)}
    for day, opens, closes in rows:
        found[day].append((opens, closes))
    return found


def days() -> QuerySet[CalendarDay]:
    """The dates unlike their weekday."""
    return CalendarDay.objects.order_by("day")


# The calendar is asked for by every promise: it is made once and kept until it changes.


@dataclass(frozen=True, slots=True)
class _State:
    """What a kept calendar was made from."""

    business_id: int | None
    version: int
    time_zone: str
    country: str
    observes_holidays: bool
    year: int


@dataclass(slots=True)
class _Kept:
    state: _State
    calendar: WorkingCalendar
    checked: float


_kept: _Kept | None = None


def calendar() -> WorkingCalendar:
    """When the business works. Kept; looked up again (one query) after RECHECK_SECONDS, so that a change by
    another process is seen."""
    global _kept  # noqa: PLW0603 - one calendar per process
    kept, now = _kept, clock.monotonic()
    if kept is not None and now - kept.checked < RECHECK_SECONDS:
        return kept.calendar
    state = _state()
    if kept is None or kept.state != state:
        kept = _Kept(state, _make(state), now)
    kept.checked = now
    _kept = kept
    return kept.calendar


def forget_calendar() -> None:
    """Make the calendar anew at its next use."""
    global _kept  # noqa: PLW0603
    _kept = None


def _state() -> _State:
    row = business()
    year = clock.now().year
    return _State(row.pk, row.calendar_version, row.time_zone, row.country, row.observes_holidays, year)


def files_in_use(file_ids: Sequence[int]) -> Iterable[int | None]:
    """Of these stored files, the business's logo."""
    return Business.objects.filter(logo_file_id__in=list(file_ids)).values_list("logo_file_id", flat=True)


def _make(state: _State) -> WorkingCalendar:
    own = {row.day: tuple(_seconds(opens, closes) for opens, closes in row.intervals) for row in days()}
    years = range(state.year - YEARS_BACK, state.year + YEARS_AHEAD + 1)
    closed = public_holidays(state.country, years) if state.observes_holidays else {}
    week = hours()
    return WorkingCalendar(
        tz=ZoneInfo(state.time_zone),
        hours=tuple(tuple(_seconds(*interval) for interval in week[day]) for day in range(7)),
        holidays=frozenset(closed) - frozenset(own),  # what the business says of a date itself goes first
        shifts=own,
    )


def _seconds(opens: int, closes: int) -> Span:
    return (opens * 60, closes * 60)
