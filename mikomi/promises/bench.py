"""What is needed to judge promises at one moment, read once for all of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cached_property
from math import floor
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from mikomi.core.business import queries as business_queries
from mikomi.core.business.models import Business
from mikomi.core.calendars.rules import WorkingCalendar
from mikomi.core.kept import kept
from mikomi.core.steady import read_steadily
from mikomi.promises import goods, loads
from mikomi.promises.judged import Judgeable
from mikomi.promises.models import Comparable, Promise
from mikomi.promises.quotable import keys_of, local_days, newest_models
from mikomi.promises.rules import breach, quoting
from mikomi.promises.rules.circumstances import Circumstances, Load
from mikomi.promises.rules.deadlines import Time

OPEN = (Promise.State.OPEN, Promise.State.AT_RISK)
_NOTHING = breach.Past()
_MOST_KNOWN = 10_000
"""So many groups and weekdays of a model are kept in memory, two kilobytes each."""


class Bench:
    """Threshold, calendar, comparable cases, and what stands around these promises: a constant number of queries."""

    def __init__(
        self, now: datetime, promises: Sequence[Judgeable], business: Business | None = None
    ) -> None:
        self.now = now
        business = business or business_queries.business()
        self.threshold = business.at_risk_from
        kinds = {one.kind for one in promises}
        self._shortages = goods.shortages([one for one in promises if one.state in OPEN])
        self._habits = loads.habits(kinds)
        self._lanes = {loads.lane_of(one) for one in promises if one.kind in self._habits}
        self._pasts = Pasts(kinds, ZoneInfo(business.time_zone))
        self._calendar: WorkingCalendar | None = None

    def calendar_for(self, promise: Promise) -> WorkingCalendar | None:
        """The working calendar for promises in working time; none for the others."""
        if not promise.in_working_time:
            return None
        if self._calendar is None:
            self._calendar = business_queries.calendar()
        return self._calendar

    def past_of(self, promise: Judgeable) -> breach.Past:
        """The comparable cases of a promise."""
        if promise.in_working_time or promise.due_at is None:
            return self._pasts.of_group(promise.kind, promise.group_key)
        days = (promise.due_at - promise.made_at).total_seconds() / 86400
        return self._pasts.of(promise.kind, promise.group_key, promise.made_at, days)

    def around(self, promise: Judgeable) -> Circumstances:
        """What stands around an open promise now: goods that are missing, work and colleagues."""
        shortage = self._shortages.get((promise.subject_type, promise.subject_id or 0))
        shortage = shortage if promise.kind in goods.NEEDY else None
        habit = self._habits.get(promise.kind)
        if habit is None or promise.due_at is None or promise.due_at <= self.now:
            return Circumstances(shortage)
        lane, span = loads.lane_of(promise), (promise.made_at, promise.due_at)
        ahead = self._queues.ahead(lane, promise.due_at.timestamp())
        at_work, away = self._staff.of(lane[1]).between(*span), self._staff.away(lane[1], *span)
        return Circumstances(shortage, Load(ahead, at_work, away), habit)

    def risk_now(self, promise: Judgeable) -> float:
        """The chance of breach now, from the row alone, for lists. Where pauses or working hours come in, that of
        the last look: the next one comes when it can matter."""
        due_at, expected_at = promise.due_at, promise.expected_at
        if due_at is None or promise.state not in OPEN or promise.in_working_time or promise.is_internal:
            return promise.risk
        share = breach.elapsed_share(promise.made_at, due_at, self.now, Time())
        past, around = self.past_of(promise), self.around(promise)
        return breach.forecast(past, share, self.now, due_at, expected_at, around=around).risk

    @cached_property
    def _staff(self) -> loads.Staff:
        return loads.staff_around(self.now)

    @cached_property
    def _queues(self) -> loads.Queues:
        return loads.first_queues(self._lanes)


class Pasts:
    """The comparable cases of each kind and group: what the model of the kind of work says of cases like it, where
    there is one with enough cases; else those of the group, else of the wider group, else of the kind, else none (the
    prior)."""

    def __init__(self, kinds: Collection[str], zone: ZoneInfo) -> None:
        self._zone = zone
        self._groups = _past_cases(frozenset(kinds))
        models = newest_models(kinds).items()
        self._models = {
            kind: stored for kind, stored in models if stored.model.effective >= breach.ENOUGH_CASES
        }
        self._widest: dict[tuple[str, str], breach.Past] = {}

    def of(self, kind: str, group_key: str, made_at: datetime, days: float) -> breach.Past:
        """The past of a promise whose time always runs: models are learned from days on the calendar."""
        usual = self.usual(kind, group_key, floor(local_days(made_at, self._zone)) % 7)
        if usual is None or days <= 0:
            return self.of_group(kind, group_key)
        return breach.Past(usual.shares, usual.count, days)

    def usual(self, kind: str, group_key: str, weekday: int) -> breach.Past | None:
        """What the model of the kind says, in days, of cases made on this weekday (0 is Monday); none without a model.
        The hour matters little and would make every promise a question of its own."""
        stored = self._models.get(kind)
        if stored is None:
            return None
        usual = stored.usual.get((group_key, weekday))
        if usual is None:
            question = quoting.Question(weekday + 0.5, {}, keys_of(group_key))
            usual = breach.Past(quoting.usual_days(stored.model, question), int(stored.model.effective))
            if len(stored.usual) >= _MOST_KNOWN:
                stored.usual.clear()
            stored.usual[group_key, weekday] = usual
        return usual

    def of_group(self, kind: str, group_key: str) -> breach.Past:
        """The past of the narrowest group with enough cases."""
        place = (kind, group_key)
        if place not in self._widest:
            candidates = (self._groups.get((kind, group)) for group in groups_of(group_key))
            enough = (past for past in candidates if past and past.count >= breach.ENOUGH_CASES)
            self._widest[place] = next(enough, _NOTHING)
        return self._widest[place]


def groups_of(group_key: str) -> list[str]:
    """The group and the wider ones it belongs to: a/b/c, a/b, a, and the whole kind."""
    groups = [group_key] if group_key else []
    while "/" in group_key:
        group_key = group_key.rpartition("/")[0]
        groups.append(group_key)
    return [*groups, ""]


@read_steadily
def _past_cases(kinds: frozenset[str]) -> dict[tuple[str, str], breach.Past]:
    rows = _comparables(kinds=tuple(sorted(kinds)))
    return {(kind, group): breach.Past(tuple(shares), count) for kind, group, shares, count in rows}


@kept()
def _comparables(*, kinds: tuple[str, ...]) -> QuerySet[Comparable, Any]:
    return Comparable.objects.filter(kind__in=kinds).values_list("kind", "group_key", "shares", "count")
