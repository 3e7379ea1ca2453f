"""Facts with one source: the registry, the places that repeat them, and what contradicts them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from ninja import Query, Status

from mikomi.api.auth import Call
from mikomi.api.family import Family
from mikomi.api.shapes import facts as shapes
from mikomi.api.shapes.common import Id, PageOf, Paging, page
from mikomi.core.access.rules import Permission
from mikomi.facts import operations, queries
from mikomi.facts.models import FactVersion

router = Family("facts", sees=Permission.FACTS_VIEW)
VIEW, EDIT = Permission.FACTS_VIEW, Permission.FACTS_EDIT
SOURCE = FactVersion.Source.API


@router.get("/facts", may=VIEW, gives=PageOf[shapes.FactOut])
def list_facts(request: Call, wanted: Query[shapes.FactFilter]) -> Any:
    """Facts by key, with what they say now."""
    found = queries.facts(
        actor=request.actor,
        view=wanted.view,
        kind=wanted.kind.value if wanted.kind else "",
        text=wanted.text,
        owner_id=wanted.owner_id,
        cursor=wanted.cursor,
        size=wanted.size,
    )
    return page(found.map(lambda row: shapes.FactOut.of(row, wanted.language)))


@router.post("/facts", may=EDIT, gives=shapes.FactStoryOut, status=201)
def add_fact(request: Call, given: shapes.FactIn) -> Any:
    """Write a fact that there is not yet."""
    row = operations.save_fact(actor=request.actor, draft=given.draft(), source=SOURCE)
    return Status(201, _story(request, row.pk))


@router.get("/facts/{fact_id}", may=VIEW, gives=shapes.FactStoryOut)
def get_fact(request: Call, fact_id: Id) -> Any:
    """One fact with its versions and contradictions."""
    return _story(request, fact_id)


@router.put("/facts/{fact_id}", may=EDIT, gives=shapes.FactStoryOut)
def change_fact(request: Call, fact_id: Id, given: shapes.FactIn) -> Any:
    """Give a fact another value, wording or description; another value is a new version."""
    operations.save_fact(actor=request.actor, draft=given.draft(), fact_id=fact_id, source=SOURCE)
    return _story(request, fact_id)


@router.post("/facts/{fact_id}/archive", may=EDIT, gives=shapes.FactStoryOut)
def archive_fact(request: Call, fact_id: Id) -> Any:
    """Take a fact out of use."""
    operations.archive_fact(actor=request.actor, fact_id=fact_id)
    return _story(request, fact_id)


@router.post("/facts/{fact_id}/review", may=EDIT, gives=shapes.FactStoryOut)
def review_fact(request: Call, fact_id: Id, given: shapes.ReviewIn) -> Any:
    """Say that it is still so, and when to look again."""
    operations.review_fact(actor=request.actor, fact_id=fact_id, next_on=given.next_on)
    return _story(request, fact_id)


@router.post("/fact-quotations", may=VIEW, gives=shapes.TextWithFactsOut)
def quote(request: Call, given: shapes.TextWithFactsIn) -> Any:
    """Fill in the facts of a text; 422 names those that can't be said."""
    request.actor.require(VIEW)
    return {"text": queries.quote(given.text, language=given.language)}


@router.get("/touchpoints", may=VIEW, gives=PageOf[shapes.TouchpointOut])
def list_touchpoints(request: Call, wanted: Query[Paging]) -> Any:
    """The places that are watched, each with its newest look."""
    found = queries.touchpoints(actor=request.actor, cursor=wanted.cursor, size=wanted.size)
    return page(found.map(shapes.TouchpointOut.of_row))


@router.post("/touchpoints", may=EDIT, gives=shapes.TouchpointOut, status=201)
def add_touchpoint(request: Call, given: shapes.TouchpointIn) -> Any:
    """Watch a page, a site or a listing."""
    row = operations.save_touchpoint(actor=request.actor, draft=given.draft())
    return Status(201, shapes.TouchpointOut.of(row))


@router.put("/touchpoints/{touchpoint_id}", may=EDIT, gives=shapes.TouchpointOut)
def change_touchpoint(request: Call, touchpoint_id: Id, given: shapes.TouchpointIn) -> Any:
    """Change a place that is watched."""
    queries.touchpoint(actor=request.actor, touchpoint_id=touchpoint_id)
    row = operations.save_touchpoint(actor=request.actor, draft=given.draft(), touchpoint_id=touchpoint_id)
    return shapes.TouchpointOut.of(row)


@router.delete("/touchpoints/{touchpoint_id}", may=EDIT)
def archive_touchpoint(request: Call, touchpoint_id: Id) -> Any:
    """Watch a place no longer."""
    operations.archive_touchpoint(actor=request.actor, touchpoint_id=touchpoint_id)
    return Status(204, None)


@router.post("/touchpoints/{touchpoint_id}/checks", may=EDIT, gives=shapes.CheckOut, status=201)
def start_check(request: Call, touchpoint_id: Id) -> Any:
    """Look at a place now; a worker reads it."""
    check = operations.start_check(actor=request.actor, touchpoint_id=touchpoint_id)
    return Status(201, shapes.CheckOut.of(check))


@router.get("/touchpoints/{touchpoint_id}/checks", may=VIEW, gives=PageOf[shapes.CheckOut])
def list_checks(request: Call, touchpoint_id: Id, wanted: Query[Paging]) -> Any:
    """The looks at a place, the newest first."""
    found = queries.checks(
        actor=request.actor, touchpoint_id=touchpoint_id, cursor=wanted.cursor, size=wanted.size
    )
    return page(found.map(shapes.CheckOut.of))


@router.post("/checks/{check_id}/stop", may=EDIT, gives=shapes.CheckOut)
def stop_check(request: Call, check_id: Id) -> Any:
    """End a look where it stands."""
    return shapes.CheckOut.of(operations.stop_check(actor=request.actor, check_id=check_id))


@router.get("/contradictions", may=VIEW, gives=PageOf[shapes.ContradictionOut])
def list_contradictions(request: Call, wanted: Query[shapes.ContradictionFilter]) -> Any:
    """Contradictions of a state, the worst first."""
    found = queries.contradictions(
        actor=request.actor,
        state=wanted.state.value,
        severity=wanted.severity.value if wanted.severity else "",
        fact_id=wanted.fact_id,
        touchpoint_id=wanted.touchpoint_id,
        cursor=wanted.cursor,
        size=wanted.size,
    )
    return page(found.map(shapes.ContradictionOut.of))


@router.get("/contradictions/{contradiction_id}", may=VIEW, gives=shapes.ContradictionOut)
def get_contradiction(request: Call, contradiction_id: Id) -> Any:
    """One contradiction."""
    return _contradiction(request, contradiction_id)


@router.post("/contradictions/{contradiction_id}/ignore", may=EDIT, gives=shapes.ContradictionOut)
def ignore(request: Call, contradiction_id: Id, given: shapes.IgnoreIn) -> Any:
    """Leave it as it is, with a reason."""
    operations.ignore(actor=request.actor, contradiction_id=contradiction_id, reason=given.reason)
    return _contradiction(request, contradiction_id)


@router.post("/contradictions/{contradiction_id}/reopen", may=EDIT, gives=shapes.ContradictionOut)
def reopen(request: Call, contradiction_id: Id) -> Any:
    """It may not stay as it is after all."""
    operations.reopen(actor=request.actor, contradiction_id=contradiction_id)
    return _contradiction(request, contradiction_id)


@router.post("/contradictions/{contradiction_id}/recheck", may=EDIT, gives=shapes.ContradictionOut)
def recheck(request: Call, contradiction_id: Id) -> Any:
    """The place was mended: look at it again."""
    operations.recheck(actor=request.actor, contradiction_id=contradiction_id)
    return _contradiction(request, contradiction_id)


def _story(request: Call, fact_id: int) -> shapes.FactStoryOut:
    story = queries.fact(actor=request.actor, fact_id=fact_id)
    return shapes.FactStoryOut.of(story, get_language() or "en")


def _contradiction(request: Call, contradiction_id: int) -> shapes.ContradictionOut:
    row = queries.contradiction(actor=request.actor, contradiction_id=contradiction_id)
    return shapes.ContradictionOut.of(row)
