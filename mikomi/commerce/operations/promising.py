"""Orders make promises, and their steps are evidence for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from mikomi.commerce.operations.known import COLUMNS
from mikomi.commerce.operations.shop import ShopView
from mikomi.commerce.operations.writing import SEARCH_KIND, Writing
from mikomi.commerce.rules.promising import (
    SHIP_RULE,
    SOURCES,
    Telling,
    Wanted,
    can_be_judged,
    observations,
    wanted,
)
from mikomi.core.access.actor import Actor
from mikomi.core.business.models import Store
from mikomi.promises import operations as promises
from mikomi.promises import queries as promise_queries
from mikomi.promises.models import Promise
from mikomi.promises.records import NewPromise, NewTerms, Observation
from mikomi.promises.rules import deadlines as promise_rules

SUBJECT = SEARCH_KIND
Columns = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Step:
    """An order before and after this news, with the promises that it wants and has."""

    writing: Writing
    before: Columns
    after: Columns
    wanted: list[Wanted]
    made: list[Promise]


def keep_promises(actor: Actor, writings: Sequence[Writing], shop: ShopView) -> None:
    """Post the promises of new orders with what is known of them, new terms and evidence for the others."""
    steps = _steps(writings, shop)
    terms = [new for step in steps for new in _terms(step, shop)]
    promises.change_terms_many(actor=actor, terms=terms)
    seen = [observation for step in steps for observation in _evidence(step, shop)]
    promises.observe_many(actor=actor, observations=seen)
    promises.make_many(actor=actor, promises=[new for step in steps for new in _new(step, shop)])


def _steps(writings: Sequence[Writing], shop: ShopView) -> list[_Step]:
    owned = [writing for writing in writings if writing.order.customer_id is not None]
    known = [writing.order.pk for writing in owned if not writing.is_new]
    made: dict[int, list[Promise]] = {key: [] for key in known}
    for promise in promise_queries.about(SUBJECT, known, sources=SOURCES):
        made[promise.subject_id or 0].append(promise)
    steps = []
    for writing in owned:
        after = {name: getattr(writing.order, name) for name in COLUMNS}
        store = shop.store_of(writing.facts)
        name = store.code if store else writing.facts.source
        is_counter = store is not None and store.kind == Store.Kind.COUNTER
        want = wanted(after, shop.rule, store=name, is_counter=is_counter)
        before = writing.before.known.values if writing.before else {}
        steps.append(_Step(writing, before, after, want, made.get(writing.order.pk, [])))
    return steps


def _new(step: _Step, shop: ShopView) -> Iterator[NewPromise]:
    kinds = {promise.kind for promise in step.made}
    for want in step.wanted:
        due_at = _due(want, shop)
        is_new = not step.made
        if want.kind in kinds or _was_cancelled_sometime(step):
            continue
        if not can_be_judged(want.kind, step.after, due_at=due_at, now=shop.now, is_new=is_new):
            continue
        yield NewPromise(
            kind=want.kind,
            customer_id=step.writing.order.customer_id or 0,
            due_at=want.due_at,
            by_day=want.kind == "delivery" and step.after["promised_by_day"],
            source=want.source,
            made_at=want.made_at,
            subject_type=SUBJECT,
            subject_id=step.writing.order.pk,
            group_key=want.group_key,
            backfill=shop.backfill,
            evidence=list(observations({}, step.after, want.kind, _telling(step, shop))),
        )


def _was_cancelled_sometime(step: _Step) -> bool:
    """Cancelled, the source doesn't say when: nobody knows whether the promise still stood then."""
    record = step.writing.facts.record
    return step.writing.is_new and record.cancelled and record.cancelled_at is None


def _terms(step: _Step, shop: ShopView) -> Iterator[NewTerms]:
    """Another date from the source is a renegotiation. The shop's rule is not applied a second time."""
    for promise in step.made:
        for want in step.wanted:
            due_at = _due(want, shop)
            is_its_own = want.kind == promise.kind and want.source == promise.source != SHIP_RULE
            if is_its_own and due_at != promise.due_at:
                yield NewTerms(
                    promise_id=promise.pk,
                    due_at=due_at,
                    reason=step.writing.facts.delay_reason,
                    by_day=want.kind == "delivery" and step.after["promised_by_day"],
                    backfill=shop.backfill,
                )


def _evidence(step: _Step, shop: ShopView) -> Iterator[Observation]:
    groups = {want.kind: want.group_key for want in step.wanted}
    for promise in step.made:
        telling = _telling(step, shop)
        group = groups.get(promise.kind, "")
        for seen in observations(step.before, step.after, promise.kind, telling, group=group):
            yield replace(seen, promise_id=promise.pk)


def _telling(step: _Step, shop: ShopView) -> Telling:
    return Telling(shop.source, shop.now, shop.backfill, step.writing.facts.delay_reason)


def _due(want: Wanted, shop: ShopView) -> datetime:
    if isinstance(want.due_at, datetime):
        return want.due_at
    return promise_rules.end_of_day(want.due_at, shop.reader.zone)
