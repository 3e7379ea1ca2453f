"""Promises: what was said, what was seen of it, what became of it."""

from __future__ import annotations

from typing import Any

from ninja import Query, Status

from mikomi.api.auth import Call
from mikomi.api.family import Family
from mikomi.api.shapes import promises as shapes
from mikomi.api.shapes.common import Id, PageOf, page
from mikomi.core.access.rules import Permission
from mikomi.customers import queries as customers
from mikomi.promises import operations, queries
from mikomi.promises.records import NewPromise, Observation

router = Family("promises", sees=Permission.PROMISES_VIEW)
SOURCE = "api"
VIEW, RECORD = Permission.PROMISES_VIEW, Permission.PROMISES_RECORD


@router.get("/promises", may=VIEW, gives=PageOf[shapes.PromiseOut])
def list_promises(request: Call, wanted: Query[shapes.PromiseFilter]) -> Any:
    """The promises in a state: open ones by due time, the settled ones the newest first."""
    found = queries.promises(
        actor=request.actor,
        state=wanted.state,
        wanted=wanted.wanted(),
        cursor=wanted.cursor,
        size=wanted.size,
    )
    names = customers.display([one.promise.customer for one in found.items if one.promise.customer])
    return page(found.map(lambda one: shapes.PromiseOut.of(one, names)))


@router.post("/promises", may=RECORD, gives=shapes.StoryOut, status=201)
def make_promise(request: Call, given: shapes.PromiseIn) -> Any:
    """Make a promise to a customer."""
    promise = NewPromise(
        kind=given.kind,
        customer_id=customers.living_id(given.customer_id),
        due_at=given.due(),
        source=SOURCE,
        statement=given.statement,
        expectation=given.expectation.value,
        in_working_time=given.in_working_time,
        keeper_id=request.actor.user_id,
    )
    row = operations.make(actor=request.actor, promise=promise)
    return Status(201, _story(request, row.pk))


@router.get("/promises/{promise_id}", may=VIEW, gives=shapes.StoryOut)
def get_promise(request: Call, promise_id: Id) -> Any:
    """The story of a promise."""
    return _story(request, promise_id)


@router.post("/promises/{promise_id}/evidence", may=RECORD, gives=shapes.StoryOut)
def observe(request: Call, promise_id: Id, given: shapes.EvidenceIn) -> Any:
    """Record something that bears on a promise; its verdict follows."""
    _story(request, promise_id)
    observation = Observation(
        promise_id=promise_id,
        kind=given.kind.value,
        occurred_at=given.occurred_at,
        once_key=given.once_key,
        source=SOURCE,
        expected_at=given.expected_at,
        reason=given.reason,
        note=given.note,
        retracts=given.retracts,
    )
    operations.observe(actor=request.actor, observation=observation)
    return _story(request, promise_id)


@router.post("/promises/{promise_id}/terms", may=RECORD, gives=shapes.StoryOut)
def change_terms(request: Call, promise_id: Id, given: shapes.TermsIn) -> Any:
    """Give a promise new terms; the first ones stay on record."""
    _story(request, promise_id)
    operations.change_terms(
        actor=request.actor,
        promise_id=promise_id,
        due_at=given.due(),
        reason=given.reason,
        note=given.note,
        statement=given.statement,
    )
    return _story(request, promise_id)


@router.post("/promises/{promise_id}/withdraw", may=RECORD, gives=shapes.StoryOut)
def withdraw(request: Call, promise_id: Id, given: shapes.WithdrawIn) -> Any:
    """Take a promise back."""
    _story(request, promise_id)
    operations.withdraw(actor=request.actor, promise_id=promise_id, reason=given.reason)
    return _story(request, promise_id)


@router.get("/figures/keeping", may=VIEW, gives=shapes.KeepingOut)
def keeping_figure(request: Call, wanted: Query[shapes.KeepingFilter]) -> Any:
    """The share of promises that were kept as first given, with its interval at 95 %."""
    kind = wanted.kind.value if wanted.kind else ""
    figure = queries.keeping_figure(
        actor=request.actor, since=wanted.since, until=wanted.until, kind=kind, internal=wanted.internal
    )
    return shapes.KeepingOut.of(figure)


def _story(request: Call, promise_id: int) -> shapes.StoryOut:
    """Also the check that the promise may be seen: of another team's it raises `Promise.DoesNotExist`."""
    story = queries.promise(actor=request.actor, promise_id=promise_id)
    return shapes.StoryOut.of(story, customers.display([story.promise.customer] if story.promise.customer else []))
