"""Judging promises: from versions and evidence to state, risk, next look and the events that tell of it.

Every write to the ledger ends here, so a promise's row always says what its versions and evidence say.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import floor
from zoneinfo import ZoneInfo

from mikomi.core.business import queries as business_queries
from mikomi.core.business.models import Business
from mikomi.core.calendars.rules import WorkingCalendar
from mikomi.core.events.kinds import Code
from mikomi.core.events.operations import Happening
from mikomi.core.steady import read_steadily
from mikomi.promises import events
from mikomi.promises.models import Comparable, Evidence, NoDeadlineError, Promise, PromiseVersion
from mikomi.promises.quotable import keys_of, local_days, newest_models
from mikomi.promises.rules import deadlines as rules
from mikomi.promises.rules import kinds, quoting
from mikomi.promises.rules.standing import Standing, stands

ASSESSED = (
    "group_key",
    "first_due_at",
    "due_at",
    "paused_since",
    "expected_at",
    "state",
    "risk",
    "look_at",
    "met_at",
    "decided_at",
    "taken_share",
    "is_exceeded",
    "updated_at",
    "backfill",
)
"""The fields that `assess` sets, and the group, which evidence may tell."""

_OPEN = (Promise.State.OPEN, Promise.State.AT_RISK)


@dataclass(slots=True)
class Case:
    """One promise with all its versions (oldest first) and evidence."""

    promise: Promise
    versions: Sequence[PromiseVersion]
    evidence: Sequence[Evidence]
    backfill: bool = False
    """What happens now is imported history."""
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class _Before:
    state: str
    slipped: bool


class Bench:
    """What is needed to judge any promise at one moment, read once: threshold, calendar, comparable cases."""

    def __init__(self, now: datetime, kinds: Collection[str], business: Business | None = None) -> None:
        self.now = now
        business = business or business_queries.business()
        self.threshold = business.at_risk_from
        self._zone = ZoneInfo(business.time_zone)
        self._past = past_cases(kinds)
        self._models = newest_models(kinds)
        self._usual: dict[tuple[str, str, float], tuple[float, ...]] = {}
        self._calendar: WorkingCalendar | None = None

    def calendar_for(self, promise: Promise) -> WorkingCalendar | None:
        """The working calendar for promises in working time; none for the others."""
        if not promise.in_working_time:
            return None
        if self._calendar is None:
            self._calendar = business_queries.calendar()
        return self._calendar

    def past_of(self, promise: Promise) -> rules.Past:
        """The comparable cases: what the model of its kind of work says of cases like it, where there is one with
        enough cases; else those of its group, else of the wider group, else of its kind, else none (the prior)."""
        if learned := self._learned(promise):
            return learned
        for group in groups_of(promise.group_key):
            past = self._past.get((promise.kind, group))
            if past and past.count >= rules.ENOUGH_CASES:
                return past
        return _NOTHING

    def _learned(self, promise: Promise) -> rules.Past | None:
        """Only for time that always runs: models are learned from days on the calendar."""
        if promise.in_working_time or promise.due_at is None:
            return None
        stored = self._models.get(promise.kind)
        promised = (promise.due_at - promise.made_at).total_seconds() / 86400
        if stored is None or stored.model.effective < rules.ENOUGH_CASES or promised <= 0:
            return None
        # The hour matters little and would make every promise a question of its own.
        noon = floor(local_days(promise.made_at, self._zone)) + 0.5
        place = (promise.kind, promise.group_key, noon % 7)
        if place not in self._usual:
            question = quoting.Question(noon, {}, keys_of(promise.group_key))
            self._usual[place] = quoting.usual_days(stored.model, question)
        shares = tuple(days / promised for days in self._usual[place])
        return rules.Past(shares, int(stored.model.effective))

    def risk_now(self, promise: Promise) -> float:
        """The chance of breach now, from the row alone, for lists. Where pauses or working hours come in, that of
        the last look: the next one comes when it can matter."""
        due_at, expected_at = promise.due_at, promise.expected_at
        if due_at is None or promise.state not in _OPEN or promise.in_working_time or promise.is_internal:
            return promise.risk
        share = rules.elapsed_share(promise.made_at, due_at, self.now, rules.Time())
        return rules.forecast(self.past_of(promise), share, self.now, due_at, expected_at).risk


_NOTHING = rules.Past()


def groups_of(group_key: str) -> list[str]:
    """The group and the wider ones it belongs to: a/b/c, a/b, a, and the whole kind."""
    groups = [group_key] if group_key else []
    while "/" in group_key:
        group_key = group_key.rpartition("/")[0]
        groups.append(group_key)
    return [*groups, ""]


def past_cases(kinds: Collection[str]) -> dict[tuple[str, str], rules.Past]:
    """The stored quantiles of these kinds, by kind and group."""
    return _past_cases(frozenset(kinds))


@read_steadily
def _past_cases(kinds: frozenset[str]) -> dict[tuple[str, str], rules.Past]:
    return {
        (row.kind, row.group_key): rules.Past(tuple(row.shares), row.count)
        for row in Comparable.objects.filter(kind__in=kinds)
    }


def load_cases(promises: Sequence[Promise]) -> dict[int, Case]:
    """The promises with their versions and evidence: two queries."""
    ids = [promise.pk for promise in promises]
    cases = {promise.pk: Case(promise, [], []) for promise in promises}
    versions: dict[int, list[PromiseVersion]] = {key: [] for key in ids}
    evidence: dict[int, list[Evidence]] = {key: [] for key in ids}
    for version in PromiseVersion.objects.filter(promise_id__in=ids).order_by("promise_id", "number"):
        versions[version.promise_id].append(version)
    for piece in Evidence.objects.filter(promise_id__in=ids):
        evidence[piece.promise_id].append(piece)
    for key, case in cases.items():
        case.versions, case.evidence = versions[key], evidence[key]
    return cases


def judge(case: Case, bench: Bench) -> rules.Verdict:
    """The verdict on a case with a due time, at the bench's moment."""
    return rules.verdict(terms_of(case), judged_facts(case), bench.now, bench.calendar_for(case.promise))


def terms_of(case: Case) -> rules.Terms:
    """What was promised, for the rules."""
    promise, first, newest = case.promise, case.versions[0], case.versions[-1]
    return rules.Terms(
        kind=promise.kind,
        made_at=promise.made_at,
        first=rules.Version(first.at, _deadline(first)),
        newest=rules.Version(newest.at, _deadline(newest)),
        is_internal=promise.is_internal,
    )


def _deadline(version: PromiseVersion) -> datetime:
    if version.due_at is None:
        raise NoDeadlineError(f"Version {version.number} of promise {version.promise_id} has no due time.")
    return version.due_at


def facts_of(evidence: Iterable[Evidence]) -> list[rules.Fact]:
    """What was observed, for the rules."""
    return [
        rules.Fact(
            piece.kind, piece.occurred_at, piece.once_key, piece.expected_at, piece.retracts, piece.reading
        )
        for piece in evidence
    ]


_BY_ONE_VALUE = frozenset({Promise.Kind.BOOKING, Promise.Kind.PRICE})
"""One measured value decides these; claims about many are decided by samples."""


def judged_facts(case: Case) -> list[rules.Fact]:
    """The facts, with what was measured of a booked time or a price compared with the newest terms."""
    facts = facts_of(case.evidence)
    measure = kinds.measure_of(case.versions[-1].terms)
    if case.promise.kind not in _BY_ONE_VALUE or measure is None:
        return facts
    return [
        replace(fact, kind=kinds.compare(fact.reading, measure))
        if fact.kind == Evidence.Kind.MEASURED and fact.reading is not None
        else fact
        for fact in facts
    ]


def assess(cases: Iterable[Case], bench: Bench) -> list[Happening]:
    """Set state, risk and next look of each promise; what follows from it is returned, to be recorded."""
    happenings: list[Happening] = []
    for case in cases:
        promise = case.promise
        before = _Before("" if case.is_new else promise.state, not case.is_new and is_slipped(promise))
        if promise.kind in kinds.TIMED:
            judged = judge(case, bench)
            _copy(promise, judged)
            _foresee(promise, judged, bench)
        else:
            _stand(promise, stands(judged_facts(case), bench.threshold))
        promise.backfill = promise.backfill and promise.state not in _OPEN
        promise.updated_at = bench.now
        happenings += _what_happened(case, before, bench.now)
    return happenings


def is_slipped(promise: Promise) -> bool:
    """Whether the newest estimate names a moment after the due time."""
    if promise.expected_at is None or promise.due_at is None:
        return False
    return promise.expected_at > promise.due_at


def forecast_of(promise: Promise, judged: rules.Verdict, bench: Bench) -> rules.Forecast:
    """The chance of breach of an open promise now; on hold it is that of the moment the hold began."""
    share = rules.elapsed_share(promise.made_at, judged.due_at, bench.now, judged.time)
    return rules.forecast(bench.past_of(promise), share, bench.now, judged.due_at, judged.expected_at)


def _stand(promise: Promise, judged: Standing) -> None:
    promise.state, promise.decided_at = judged.state.value, judged.decided_at
    promise.is_exceeded, promise.risk, promise.look_at = judged.is_exceeded, judged.risk, None


def _copy(promise: Promise, judged: rules.Verdict) -> None:
    promise.due_at, promise.first_due_at = judged.due_at, judged.first_due_at
    promise.expected_at = judged.expected_at
    promise.met_at, promise.decided_at = judged.met_at, judged.decided_at
    promise.paused_since = judged.paused_since
    promise.taken_share, promise.is_exceeded = _taken_share(promise, judged), judged.is_exceeded
    promise.state = judged.state.value


def _taken_share(promise: Promise, judged: rules.Verdict) -> float | None:
    if judged.met_at is None:
        return None
    whole = judged.time.between(promise.made_at, judged.first_due_at)
    if whole <= timedelta():
        return None
    return max(0.0, judged.time.between(promise.made_at, judged.met_at) / whole)


def _foresee(promise: Promise, judged: rules.Verdict, bench: Bench) -> None:
    if judged.state is not rules.State.OPEN:
        promise.risk = 1.0 if judged.state is rules.State.BROKEN else 0.0
        promise.look_at = None
        return
    current = forecast_of(promise, judged, bench)
    promise.risk = current.risk
    if current.risk >= bench.threshold:
        promise.state = Promise.State.AT_RISK
    view = rules.View(judged, promise.made_at, bench.past_of(promise), current)
    promise.look_at = rules.next_look(view, bench.threshold, bench.now)


def _what_happened(case: Case, before: _Before, now: datetime) -> list[Happening]:
    promise = case.promise
    slipped_now = is_slipped(promise) and not before.slipped and promise.state == Promise.State.AT_RISK
    if promise.state == before.state and not slipped_now:
        return []
    tell = _TELL.get(promise.state)
    if tell is None and before.state == Promise.State.AT_RISK:
        tell = _safe
    if tell is None:
        return []
    payload, occurred_at = tell(case, before)
    return [Happening(payload, promise.customer_id, occurred_at or now, case.backfill or promise.backfill)]


Told = tuple[object, datetime | None]
"""An event's payload and when it happened; none: now."""


def _at_risk(case: Case, before: _Before) -> Told:
    promise = case.promise
    payload = events.PromiseAtRisk(
        promise.pk,
        Code(promise.kind),
        promise.version_number,
        round(promise.risk, 4),
        is_slipped(promise),
        promise.expected_at,
    )
    return payload, None


def _safe(case: Case, before: _Before) -> Told:
    promise = case.promise
    return events.PromiseSafe(promise.pk, Code(promise.kind), round(promise.risk, 4)), None


def _kept(case: Case, before: _Before) -> Told:
    promise = case.promise
    met_at = promise.met_at or promise.decided_at or promise.deadline
    margin = int((promise.due_at - met_at).total_seconds()) if promise.due_at else 0
    was_broken = before.state == Promise.State.BROKEN
    return events.PromiseKept(promise.pk, Code(promise.kind), margin, was_broken), met_at


def _broken(case: Case, before: _Before) -> Told:
    promise = case.promise
    return events.PromiseBroken(promise.pk, Code(promise.kind), promise.is_internal), promise.decided_at


def _withdrawn(case: Case, before: _Before) -> Told:
    promise = case.promise
    reasons = [piece.reason for piece in case.evidence if piece.kind == Evidence.Kind.WITHDRAWN]
    payload = events.PromiseWithdrawn(promise.pk, Code(promise.kind), Code(reasons[0] if reasons else ""))
    return payload, promise.decided_at


_TELL: dict[str, Callable[[Case, _Before], Told]] = {
    Promise.State.AT_RISK: _at_risk,
    Promise.State.KEPT: _kept,
    Promise.State.BROKEN: _broken,
    Promise.State.WITHDRAWN: _withdrawn,
}
