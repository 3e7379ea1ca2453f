"""Quotes: what may be promised, and how often what was quoted was kept."""

from __future__ import annotations

from typing import Any

from ninja import Query, Status

from mikomi.api.auth import Call
from mikomi.api.family import Family
from mikomi.api.shapes import quotes as shapes
from mikomi.core.access.rules import Permission
from mikomi.promises import operations
from mikomi.promises.queries import quotes

router = Family("quotes", sees=Permission.PROMISES_VIEW)


@router.get("/quotes", may=Permission.PROMISES_VIEW, gives=shapes.OffersOut)
def offers(request: Call, wanted: Query[shapes.QuoteFilter]) -> Any:
    """What may be promised at 80, 90 and 95 %; nothing is stored."""
    found = quotes.offers(
        actor=request.actor,
        kind=wanted.kind,
        group=wanted.group,
        product=wanted.product,
        began_at=wanted.began_at,
    )
    return shapes.OffersOut.of(found)


@router.post("/quotes", may=Permission.PROMISES_RECORD, gives=shapes.QuoteOut, status=201)
def quote(request: Call, given: shapes.QuoteIn) -> Any:
    """Ask for a quote and store it with what it is based on."""
    row = operations.quote(
        actor=request.actor,
        kind=given.kind,
        confidence=given.confidence,
        group=given.group,
        product=given.product,
        began_at=given.began_at,
        promise_id=given.promise_id,
    )
    return Status(201, shapes.QuoteOut.of(row))


@router.get("/quotes/calibration", may=Permission.FIGURES_VIEW, gives=shapes.CalibrationOut)
def calibration(request: Call, wanted: Query[shapes.CalibrationFilter]) -> Any:
    """How stated and kept rates agree."""
    return shapes.CalibrationOut.of(quotes.calibration(actor=request.actor, kind=wanted.kind))
