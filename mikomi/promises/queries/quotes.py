"""What may be promised, read from stored models; and how often what was quoted was kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db.models import Count, Q

from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.business import queries as business_queries
from mikomi.core.events.models import Event
from mikomi.core.intervals import wilson
from mikomi.promises.models import Promise, Quote, QuoteModel, QuotePolicy
from mikomi.promises.quotable import WORKS, StoredModel, keys_of, local_days, newest_model
from mikomi.promises.rules import quoting as rules

TARGETS = (0.8, 0.9, 0.95)


@dataclass(frozen=True, slots=True)
class Offer:
    """What may be promised at one confidence. `basis`: a value of Quote.Basis; `reason`: why history was not used
    ("no_cases", "few_cases", "too_few_end"); `needed`: ended cases that this confidence takes."""

    target: float
    days: float | None
    due_at: datetime | None
    basis: str
    reason: str
    effective: float
    needed: int
    group: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What may be promised, at each confidence; on how many cases it rests and how many of them are open."""

    kind: str
    began_at: datetime
    keys: dict[str, str]
    offers: list[Offer]
    model_id: int | None
    cases: int
    done: int
    fitted_at: datetime | None


class UnknownWorkError(ValueError):
    """There is no such kind of work to quote; the kinds are in `quotable.WORKS`."""


def offers(
    *,
    actor: Actor,
    kind: str,
    group: str = "",
    product: str = "",
    targets: Sequence[float] = TARGETS,
    began_at: datetime | None = None,
) -> Answer:
    """What may be promised for work of this kind that begins at `began_at` (none: now), of a group
    (store/region/carrier) and product where known. Raises UnknownWorkError, NotAllowedError, ValueError."""
    actor.require(Permission.PROMISES_VIEW)
    if kind not in WORKS:
        raise UnknownWorkError(f"There is no work {kind!r}; there are {', '.join(WORKS)}.")
    zone, began = business_queries.zone(), began_at or clock.now()
    keys = keys_of(group, product)
    stored, norm = newest_model(kind), policy().norms.get(kind)
    question = rules.Question(local_days(began, zone), {}, keys)
    found = [_offer(stored, question, target, norm, began) for target in targets]
    return Answer(
        kind,
        began,
        keys,
        found,
        stored.pk if stored else None,
        stored.cases if stored else 0,
        stored.done if stored else 0,
        stored.fitted_at if stored else None,
    )


def _offer(
    stored: StoredModel | None, question: rules.Question, target: float, norm: float | None, began: datetime
) -> Offer:
    model = stored.model if stored else rules.Model({})
    found = rules.quote(model, question, target)
    days, basis = found.days, Quote.Basis.HISTORY
    if days is None:
        days, basis = norm, Quote.Basis.NONE if norm is None else Quote.Basis.NORM
    due_at = began + timedelta(days=days) if days is not None else None
    return Offer(target, days, due_at, basis.value, found.reason, found.effective, found.needed, found.group)


def policy() -> QuotePolicy:
    """What the business has decided about quotes; the defaults where it has not."""
    return QuotePolicy.objects.order_by("id").first() or QuotePolicy()


def days_for_orders(store: str = "") -> float | None:
    """The days within which an order without a date may be promised to be shipped, where the business lets the quote
    decide and history says enough; none: the constant holds. For apps above: no actor."""
    confidence = policy().order_confidence
    stored = newest_model("shipping") if confidence is not None else None
    if confidence is None or stored is None:
        return None
    began = local_days(clock.now(), business_queries.zone())
    return rules.quote(stored.model, rules.Question(began, {}, keys_of(store)), confidence).days


# How often quotes are kept


@dataclass(frozen=True, slots=True)
class Kept:
    """Of `judged` quotes at `target`, the share kept with its Wilson interval of 95 %. `group` empty: all."""

    target: float
    group: str
    judged: int
    kept: int
    share: float
    low: float
    high: float

    @property
    def holds(self) -> bool:
        """Whether the stated rate lies within the interval."""
        return self.low <= self.target <= self.high


@dataclass(frozen=True, slots=True)
class Calibration:
    """How stated and kept rates agree. `walked`: what would have been quoted, week by week, with only what was known
    then; `given`: what was quoted to people and is decided by now."""

    kind: str
    fitted_at: datetime | None
    cases: int
    done: int
    left_out: int
    walked: list[Kept]
    by_group: list[Kept]
    given: list[Kept]


def calibration(*, actor: Actor, kind: str) -> Calibration:
    """The calibration of a kind of work. Raises UnknownWorkError, NotAllowedError."""
    actor.require(Permission.FIGURES_VIEW)
    if kind not in WORKS:
        raise UnknownWorkError(f"There is no work {kind!r}; there are {', '.join(WORKS)}.")
    row = QuoteModel.objects.filter(kind=kind).order_by("-id").first()
    plain: Mapping[str, Any] = row.plain if row else {}
    rows = [
        _kept(target, group, judged, kept) for target, group, judged, kept in plain.get("calibration", [])
    ]
    return Calibration(
        kind,
        row.fitted_at if row else None,
        row.cases if row else 0,
        row.done if row else 0,
        row.left_out if row else 0,
        walked=[one for one in rows if not one.group and one.judged],
        by_group=[one for one in rows if one.group and one.judged],
        given=_given(kind),
    )


def _given(kind: str) -> list[Kept]:
    decided = Quote.objects.filter(kind=kind, basis=Quote.Basis.HISTORY).exclude(kept=None)
    rows = (
        decided.order_by("target")
        .values("target")
        .annotate(n=Count("id"), k=Count("id", filter=Q(kept=True)))
    )
    return [_kept(row["target"], "", row["n"], row["k"]) for row in rows]


def _kept(target: float, group: str, judged: int, kept: int) -> Kept:
    if not judged:
        return Kept(target, group, 0, 0, 0.0, 0.0, 1.0)
    interval = wilson(kept, judged)
    return Kept(target, group, judged, kept, interval.estimate, interval.low, interval.high)


@dataclass(frozen=True, slots=True)
class Warned:
    """Promises that were announced as at risk with a chance from `low` up to `high`: the mean of the chance, how many,
    and how many of those broke."""

    low: float
    high: float
    stated: float
    count: int
    broken: int
    share: float
    interval: tuple[float, float]


_WARNINGS = 2000
_EDGES = (0.0, 0.6, 0.7, 0.8, 0.9, 1.01)


def warnings_kept(*, actor: Actor) -> list[Warned]:
    """How often the latest warnings came true, by the chance stated: the chance is that of the first warning of each
    promise decided by now. Raises NotAllowedError."""
    actor.require(Permission.FIGURES_VIEW)
    events = Event.objects.filter(kind="promise.at_risk", backfill=False).order_by("-occurred_at")
    stated: dict[int, float] = {}
    for subject, payload in events.values_list("subject_id", "payload")[:_WARNINGS]:
        stated[subject or 0] = float(payload.get("risk", 0.0))
    decided = (Promise.State.KEPT, Promise.State.BROKEN)
    found = Promise.objects.filter(pk__in=list(stated), state__in=decided)
    broken = {key: state == Promise.State.BROKEN for key, state in found.values_list("pk", "state")}
    rows = []
    for low, high in pairwise(_EDGES):
        some = [key for key in broken if low <= stated[key] < high]
        if some:
            number = sum(broken[key] for key in some)
            mean, interval = sum(stated[key] for key in some) / len(some), wilson(number, len(some))
            rows.append(
                Warned(
                    low,
                    min(high, 1.0),
                    mean,
                    len(some),
                    number,
                    number / len(some),
                    (interval.low, interval.high),
                )
            )
    return rows
