"""What customers answered."""

from __future__ import annotations

from typing import Any

from ninja import Query

from mikomi.api.auth import Call
from mikomi.api.family import Family
from mikomi.api.shapes.common import PageOf, Paging, page
from mikomi.api.shapes.feedback import AnswerOut, CsatOut
from mikomi.api.shapes.promises import FigureFilter
from mikomi.core.access.rules import Permission
from mikomi.customers import queries as customers
from mikomi.feedback import queries

router = Family("feedback")


@router.get("/feedback", may=Permission.FEEDBACK_VIEW, gives=PageOf[AnswerOut])
def list_answers(request: Call, wanted: Query[Paging]) -> Any:
    """All answers, the newest first."""
    found = queries.answers(actor=request.actor, cursor=wanted.cursor, size=wanted.size)
    names = customers.display([row.invitation.customer for row in found.items])
    return page(found.map(lambda row: AnswerOut.of(row, names)))


@router.get("/figures/csat", may=Permission.FIGURES_VIEW, gives=CsatOut)
def csat_figure(request: Call, wanted: Query[FigureFilter]) -> Any:
    """The share of satisfied answers with its interval at 95 %."""
    return CsatOut.of(queries.csat_figure(actor=request.actor, since=wanted.since, until=wanted.until))
