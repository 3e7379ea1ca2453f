"""The business: its name and zone, stores, teams, colleagues; and Today."""

from __future__ import annotations

from typing import Any

from ninja import Status

from mikomi.api.auth import Call
from mikomi.api.family import Family
from mikomi.api.shapes.business import (
    AbsenceIn,
    AbsenceOut,
    BusinessOut,
    NamedOut,
    NoticePolicyShape,
    StoreOut,
)
from mikomi.api.shapes.common import Id, ListOf
from mikomi.api.shapes.today import TodayOut
from mikomi.core import clock
from mikomi.core.access import operations as people
from mikomi.core.access import queries as access
from mikomi.core.access.rules import Permission
from mikomi.core.business import queries
from mikomi.promises import operations as promise_operations
from mikomi.promises import queries as promise_queries
from mikomi.screens import today as screens

router = Family("business")
ANYBODY = tuple(Permission)
SOMETHING = (
    Permission.CONVERSATIONS_VIEW,
    Permission.PROMISES_VIEW,
    Permission.FEEDBACK_VIEW,
    Permission.FIGURES_VIEW,
)


@router.get("/business", may=ANYBODY, gives=BusinessOut)
def get_business(request: Call) -> Any:
    """The business."""
    return BusinessOut.of(queries.business())


@router.get("/stores", may=ANYBODY, gives=ListOf[StoreOut])
def list_stores(request: Call) -> Any:
    """Every store, by name."""
    return {"items": [StoreOut.of(row) for row in queries.stores()]}


@router.get("/teams", may=ANYBODY, gives=ListOf[NamedOut])
def list_teams(request: Call) -> Any:
    """Every team, by name."""
    return {"items": [NamedOut(id=row.pk, name=row.name) for row in queries.teams()]}


@router.get("/users", may=ANYBODY, gives=ListOf[NamedOut])
def list_users(request: Call) -> Any:
    """The colleagues, by name: whom something can be assigned to."""
    return {"items": [NamedOut.of_user(row) for row in access.users(actor=request.actor)]}


@router.get("/absences", may=Permission.PROMISES_RECORD, gives=ListOf[AbsenceOut])
def list_absences(request: Call) -> Any:
    """Who is away from today on."""
    today = clock.now().astimezone(queries.zone()).date()
    return {"items": [AbsenceOut.of(row) for row in access.absences_from(actor=request.actor, day=today)]}


@router.post("/absences", may=Permission.PROMISES_RECORD, gives=AbsenceOut, status=201)
def record_absence(request: Call, given: AbsenceIn) -> Any:
    """Say that somebody is not at work on these days; for others only who manages people."""
    return Status(201, AbsenceOut.of(people.record_absence(actor=request.actor, **given.model_dump())))


@router.delete("/absences/{absence_id}", may=Permission.PROMISES_RECORD)
def cancel_absence(request: Call, absence_id: Id) -> Any:
    """Take an absence back."""
    people.cancel_absence(actor=request.actor, absence_id=absence_id)
    return Status(204, None)


@router.get("/today", may=SOMETHING, gives=TodayOut)
def today(request: Call) -> Any:
    """What to look at now."""
    return TodayOut.of(screens.today(actor=request.actor))


@router.get("/notice-policies", may=Permission.SETTINGS_MANAGE, gives=ListOf[NoticePolicyShape])
def list_notice_policies(request: Call) -> Any:
    """How customers are told that a promise slips, by kind of promise."""
    rows = promise_queries.notice_policies(actor=request.actor)
    return {"items": [NoticePolicyShape.of(row) for row in rows]}


@router.put("/notice-policies", may=Permission.SETTINGS_MANAGE, gives=ListOf[NoticePolicyShape])
def set_notice_policies(request: Call, given: ListOf[NoticePolicyShape]) -> Any:
    """Replace all of them; an empty kind is the policy for every other kind."""
    rows = [item.new() for item in given.items]
    found = promise_operations.set_notice_policies(actor=request.actor, policies=rows)
    return {"items": [NoticePolicyShape.of(row) for row in found]}
