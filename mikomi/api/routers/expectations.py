"""Expectations: what people expect and find, and the questionnaires that ask them."""

from __future__ import annotations

from typing import Any

from ninja import Query, Status

from mikomi.api.auth import Call
from mikomi.api.family import Family
from mikomi.api.shapes import expectations as shapes
from mikomi.api.shapes.common import Id, ListOf
from mikomi.core.access.rules import Permission
from mikomi.feedback import instruments, operations, queries
from mikomi.feedback.models import Questionnaire
from mikomi.promises.queries.disconfirmation import disconfirmation

router = Family("expectations")
VIEW, EDIT, FIGURES = Permission.FEEDBACK_VIEW, Permission.TEMPLATES_EDIT, Permission.FIGURES_VIEW


@router.get("/figures/expectations", may=FIGURES, gives=shapes.ExpectationsOut)
def expectations(request: Call, wanted: Query[shapes.SpanIn]) -> Any:
    """Gaps, features, importance and performance, drift, and what the ledger knows, of a span of time."""
    found = queries.expectations(actor=request.actor, since=wanted.since, until=wanted.until)
    ledger = disconfirmation(actor=request.actor, since=wanted.since, until=wanted.until)
    return shapes.ExpectationsOut.of(found, ledger)


@router.get("/questionnaires", may=VIEW, gives=ListOf[shapes.QuestionnaireOut])
def list_questionnaires(request: Call) -> Any:
    """All questionnaires, the newest first."""
    return {"items": [_shape(row) for row in queries.questionnaires(actor=request.actor)]}


@router.post("/questionnaires", may=EDIT, gives=shapes.QuestionnaireOut, status=201, sees=VIEW)
def make_questionnaire(request: Call, given: shapes.QuestionnaireIn) -> Any:
    """Make a questionnaire."""
    row = operations.make_questionnaire(
        actor=request.actor, kind=given.kind.value, title=given.title,
        items=[item.model_dump() for item in given.items],
    )  # fmt: skip
    return Status(201, _found(request, row.pk))


@router.get("/questionnaires/{questionnaire_id}", may=VIEW, gives=shapes.QuestionnaireOut)
def get_questionnaire(request: Call, questionnaire_id: Id) -> Any:
    """A questionnaire and how many answered it."""
    return _found(request, questionnaire_id)


@router.post("/questionnaires/{questionnaire_id}/ask", may=EDIT, gives=shapes.AskedOut)
def ask(request: Call, questionnaire_id: Id, given: shapes.AskPeopleIn) -> Any:
    """Send customers a link of their own; who was asked anything in the last 30 days is left out."""
    asked = operations.ask(
        actor=request.actor, questionnaire_id=questionnaire_id, customer_ids=given.customer_ids
    )
    return shapes.AskedOut(asked=len(asked))


@router.post("/questionnaires/{questionnaire_id}/sheets", may=EDIT, gives=shapes.TakenOut)
def take_sheets(request: Call, questionnaire_id: Id, given: shapes.SheetsIn) -> Any:
    """Hand in answers that were given elsewhere. Those that can't be used are named, the others are taken."""
    sheets = [(f"api:{one.once_key}", one.answered_at, one.answers) for one in given.sheets]
    found = operations.take_sheets(
        actor=request.actor, questionnaire_id=questionnaire_id, sheets=sheets, source="api"
    )
    return shapes.TakenOut.of(found)


@router.post("/questionnaires/{questionnaire_id}/close", may=EDIT, gives=shapes.QuestionnaireOut, sees=VIEW)
def close(request: Call, questionnaire_id: Id) -> Any:
    """Take no further answers."""
    operations.close_questionnaire(actor=request.actor, questionnaire_id=questionnaire_id)
    return _found(request, questionnaire_id)


def _found(request: Call, questionnaire_id: int) -> shapes.QuestionnaireOut:
    return _shape(queries.questionnaire(actor=request.actor, questionnaire_id=questionnaire_id))


def _shape(row: Questionnaire) -> shapes.QuestionnaireOut:
    counted: Any = row
    return shapes.QuestionnaireOut(
        id=row.pk, kind=row.kind, title=row.title, items=row.items, token=row.token,
        codes=instruments.codes(row), asked=counted.asked, answered=counted.answered, complete=counted.complete,
        created_at=row.created_at, closed_at=row.closed_at,
    )  # fmt: skip
