"""The business: its name and zone, stores, teams, colleagues; and Today."""

from __future__ import annotations

from typing import Any

from mikomi.api.auth import Call
from mikomi.api.family import Family
from mikomi.api.shapes.common import ListOf
from mikomi.api.shapes.house import BusinessOut, NamedOut, StoreOut, TodayOut
from mikomi.core.access import queries as access
from mikomi.core.access.rules import Permission
from mikomi.core.business import queries
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


@router.get("/today", may=SOMETHING, gives=TodayOut)
def today(request: Call) -> Any:
    """What to look at now."""
    return TodayOut.of(screens.today(actor=request.actor))
