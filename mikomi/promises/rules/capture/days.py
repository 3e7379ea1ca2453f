"""Days and times of day as people mean them, seen from the moment of writing. Shared by the languages."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from mikomi.core.calendars.rules import WorkingCalendar, is_working_day, open_intervals

Due = datetime | date
"""A moment, or a day: by its end."""

NOON = time(12)
AFTERNOON_ENDS = time(18)
EVENING_ENDS = time(21)
_FIRST_THING = timedelta(hours=1)
_LONGEST_SEARCH = 60
"""A calendar without a working day for so many days counts every day as one."""


class NoSuchDayError(ValueError):
    """The words name a day that doesn't exist: 31 November."""


@dataclass(frozen=True, slots=True)
class Frame:
    """When it is written (`now` on the business's clock) and when the business works."""

    now: datetime
    calendar: WorkingCalendar

    @property
    def today(self) -> date:
        """The day of writing."""
        return self.now.date()

    def works(self, day: date) -> bool:
        """Whether the business works on a day."""
        return is_working_day(self.calendar, day)

    def in_days(self, count: int) -> date:
        """So many days from today."""
        return self.today + timedelta(days=count)

    def in_working_days(self, count: int) -> date:
        """The n-th working day after today."""
        day, left = self.today, count
        for _step in range(_LONGEST_SEARCH + count * 7):
            if left <= 0:
                return day
            day += timedelta(days=1)
            left -= self.works(day)
        return self.in_days(count)

    def weekday(self, number: int, weeks: int | None = None) -> date:
        """The next day of that name (0 is Monday), never today: one would say "today". With `weeks`: of that week,
        0 being this one."""
        monday = self.today - timedelta(days=self.today.weekday())
        if weeks is not None:
            return monday + timedelta(days=number, weeks=weeks)
        return self.today + timedelta(days=(number - self.today.weekday() - 1) % 7 + 1)

    def end_of_week(self, weeks: int = 0) -> date:
        """The last working day of a week that is not over; its Sunday when there is none."""
        sunday = self.weekday(6, weeks)
        days = (sunday - timedelta(days=back) for back in range(7))
        return next((day for day in days if self.works(day) and day >= self.today), sunday)

    def start_of_week(self, weeks: int = 1) -> date:
        """The first working day of a week; its Monday when there is none."""
        monday = self.weekday(0, weeks)
        days = (monday + timedelta(days=ahead) for ahead in range(7))
        return next((day for day in days if self.works(day)), monday)

    def of_month(self, day: int, months: int | None = None) -> date:
        """A day of this month, or the next when it has passed; with `months`: of that month, 0 being this one."""
        if months is None:
            months = 0 if day >= self.today.day else 1
        year, month = _month(self.today, months)
        return exact(year, month, day)

    def end_of_month(self, months: int = 0) -> date:
        """The last day of a month."""
        year, month = _month(self.today, months)
        return date(year, month, monthrange(year, month)[1])

    def of_year(self, month: int, day: int) -> date:
        """A day of this year, or of the next when it has passed."""
        found = exact(self.today.year, month, day)
        return found if found >= self.today else exact(self.today.year + 1, month, day)

    def closing(self, day: date) -> time | None:
        """When the business closes on a day; none when it doesn't open."""
        spans = open_intervals(self.calendar, day)
        return spans[-1][1].astimezone(self.calendar.tz).time() if spans else None

    def first_thing(self, day: date) -> time:
        """An hour after opening; noon when it doesn't open."""
        spans = open_intervals(self.calendar, day)
        return (spans[0][0].astimezone(self.calendar.tz) + _FIRST_THING).time() if spans else NOON

    def at(self, day: date, moment: time) -> datetime:
        """A time of day on a day, on the business's clock."""
        return datetime.combine(day, moment, self.calendar.tz)

    def next_at(self, moment: time) -> datetime:
        """The next time the clock shows this: today, or tomorrow when it has passed."""
        found = self.at(self.today, moment)
        return found if found > self.now else self.at(self.in_days(1), moment)


def _month(today: date, months: int) -> tuple[int, int]:
    whole = today.year * 12 + today.month - 1 + months
    return whole // 12, whole % 12 + 1


def exact(year: int, month: int, day: int) -> date:
    """A date. `NoSuchDayError`."""
    try:
        return date(year, month, day)
    except ValueError as error:
        raise NoSuchDayError(f"{year}-{month}-{day}") from error


def clock(hour: int, minute: int = 0, half: str = "") -> time | None:
    """A time of day; `half` am, pm, or empty: an hour from 1 to 6 is then in the afternoon, as shops speak.
    None for what no clock shows."""
    if half == "pm" or (not half and 1 <= hour <= 6):
        hour += 12 if hour < 12 else 0
    elif half == "am" and hour == 12:
        hour = 0
    if hour == 24 and minute == 0:
        return time(23, 59, 59)
    return time(hour, minute) if hour < 24 and minute < 60 else None
