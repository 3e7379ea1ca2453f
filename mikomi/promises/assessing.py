"""Judging promises: from versions and evidence to state, risk, next look and the events that tell of it.

Every write to the ledger ends here, so a promise's row always says what its versions and evidence say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mikomi.core.events.kinds import Code
from mikomi.core.events.operations import Happening
from mikomi.promises import events
from mikomi.promises.bench import Bench
from mikomi.promises.models import Evidence, NoDeadlineError, Promise, PromiseVersion
from mikomi.promises.rules import breach, kinds
from mikomi.promises.rules import deadlines as rules
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


def forecast_of(promise: Promise, judged: rules.Verdict, bench: Bench) -> breach.Forecast:
    """The chance of breach of an open promise now; on hold it is that of the moment the hold began."""
    share = breach.elapsed_share(promise.made_at, judged.due_at, bench.now, judged.time)
    past, around = bench.past_of(promise), bench.around(promise)
    return breach.forecast(past, share, bench.now, judged.due_at, judged.expected_at, around=around)


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
    view = breach.View(judged, promise.made_at, bench.past_of(promise), current, bench.around(promise))
    promise.look_at = breach.next_look(view, bench.threshold, bench.now)


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
