"""Promises: what was said, what was seen of it, what became of it."""

from __future__ import annotations

from typing import Any

from ninja import Query, Status

from mikomi.api.auth import Call
from mikomi.api.family import Family
from mikomi.api.shapes import answers
from mikomi.api.shapes import promises as shapes
from mikomi.api.shapes.common import Id, ListOf, PageOf, page
from mikomi.api.shapes.today import ToSaveOut
from mikomi.core.access.rules import Permission
from mikomi.customers import queries as customers
from mikomi.promises import operations, queries
from mikomi.promises.records import Observation
from mikomi.screens import saving

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
    """Make a promise to a customer, a segment or everyone."""
    customer_id = customers.living_id(given.customer_id) if given.customer_id else None
    promise = given.new_promise(customer_id, request.actor.user_id, SOURCE)
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
        reading=given.reading,
    )
    operations.observe(actor=request.actor, observation=observation)
    return _story(request, promise_id)


@router.post("/promises/{promise_id}/terms", may=RECORD, gives=shapes.StoryOut)
def change_terms(request: Call, promise_id: Id, given: shapes.TermsIn) -> Any:
    """Give a promise new terms that the customer agreed to; the first ones stay on record."""
    row = queries.promise(actor=request.actor, promise_id=promise_id).promise
    if row.customer_id is None or row.is_internal:
        operations.change_terms(actor=request.actor, promise_id=promise_id, note=given.note, **given.new())
    else:
        new = given.new() | {"statement": given.statement or ""}
        operations.record_agreed(
            actor=request.actor, promise_id=promise_id, how=given.agreed, note=given.note, **new
        )
    return _story(request, promise_id)


@router.post("/promises/{promise_id}/ask-terms", may=RECORD, gives=shapes.StoryOut)
def ask_new_terms(request: Call, promise_id: Id, given: shapes.AskNewTermsIn) -> Any:
    """Ask the customer whether new terms are all right: a message with a link; until they agree the old ones stand."""
    _story(request, promise_id)
    new = given.new() | {"statement": given.statement or ""}
    operations.ask_new_terms(actor=request.actor, promise_id=promise_id, words=given.words, **new)
    return _story(request, promise_id)


@router.post("/promises/{promise_id}/take-back-question", may=RECORD, gives=shapes.StoryOut)
def take_back_question(request: Call, promise_id: Id) -> Any:
    """Don't ask the customer about new terms any more."""
    _story(request, promise_id)
    operations.take_back_question(actor=request.actor, promise_id=promise_id)
    return _story(request, promise_id)


@router.post("/promises/{promise_id}/publish", may=Permission.PROMISES_RELEASE, gives=shapes.StoryOut)
def publish(request: Call, promise_id: Id, given: answers.PublishPromiseIn) -> Any:
    """Give a promise to many its public page; a claim without evidence is stopped."""
    _story(request, promise_id)
    operations.publish(actor=request.actor, promise_id=promise_id, where=given.where)
    return _story(request, promise_id)


@router.post("/promises/{promise_id}/unpublish", may=Permission.PROMISES_RELEASE, gives=shapes.StoryOut)
def unpublish(request: Call, promise_id: Id) -> Any:
    """Take the public page of a promise to many away."""
    _story(request, promise_id)
    operations.unpublish(actor=request.actor, promise_id=promise_id)
    return _story(request, promise_id)


@router.get("/promises-said", may=VIEW, gives=ListOf[answers.SaidOut])
def said_by_customers(request: Call) -> Any:
    """What customers said to promises and waits for a person: disputes, and a no or a question to new terms."""
    found = queries.said_by_customers(actor=request.actor)
    items = [
        answers.SaidOut(kind=one.kind, id=one.id, promise_id=one.promise.pk, words=one.words, at=one.at)
        for one in found
    ]
    return {"items": items}


@router.get("/promises-to-save", may=VIEW, gives=ListOf[ToSaveOut])
def to_save(request: Call) -> Any:
    """The promises to save today, by chance of breach × customer value, each with the one act that helps most."""
    return {"items": [ToSaveOut.of(one) for one in saving.to_save(actor=request.actor)]}


@router.post("/promises/{promise_id}/keeper", may=RECORD, gives=shapes.StoryOut)
def hand_over(request: Call, promise_id: Id, given: shapes.KeeperIn) -> Any:
    """Let another colleague keep a promise."""
    _story(request, promise_id)
    operations.hand_over(actor=request.actor, promise_id=promise_id, keeper_id=given.keeper_id)
    return _story(request, promise_id)


@router.post("/disputes/{dispute_id}/resolve", may=RECORD, gives=answers.DisputeOut)
def resolve_dispute(request: Call, dispute_id: Id, given: answers.ResolutionIn) -> Any:
    """Decide a dispute, with the reason that the customer reads."""
    row = operations.resolve_dispute(
        actor=request.actor, dispute_id=dispute_id, upheld=given.upheld, resolution=given.resolution
    )
    return answers.DisputeOut.of(row)


@router.post("/renegotiations/{renegotiation_id}/handled", may=RECORD, gives=answers.RenegotiationOut)
def answer_handled(request: Call, renegotiation_id: Id) -> Any:
    """Say that somebody took care of a customer's no or question."""
    row = operations.answer_handled(actor=request.actor, renegotiation_id=renegotiation_id)
    return answers.RenegotiationOut.of(row)


@router.post("/promises-in-text", may=RECORD, gives=answers.DraftOut)
def promises_in_text(request: Call, given: answers.DraftedTextIn) -> Any:
    """What a text that is about to be sent promises, and its vague words. Nothing is recorded."""
    return answers.DraftOut.of(queries.draft(actor=request.actor, text=given.text))


@router.get("/figures/origins", may=Permission.FIGURES_VIEW, gives=answers.OriginsOut)
def origins(request: Call, wanted: Query[shapes.FigureFilter]) -> Any:
    """Where the expectations of promises made in a span come from, and how well each group is kept."""
    found = queries.origins(actor=request.actor, since=wanted.since, until=wanted.until)
    return answers.OriginsOut(
        by_origin=[answers.OriginOut.of(one) for one in found.by_origin],
        by_class=[answers.OriginOut.of(one) for one in found.by_class],
        expiring_norms=[row.pk for row in found.norms],
    )


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
    return shapes.StoryOut.of(
        story, customers.display([story.promise.customer] if story.promise.customer else [])
    )
