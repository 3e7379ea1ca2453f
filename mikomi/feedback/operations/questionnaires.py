"""Questionnaires about expectations: making one, asking customers, taking what they answer."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from mikomi.core import bulk, clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.rows import build
from mikomi.core.text import clean_single_line
from mikomi.customers import queries as customers
from mikomi.customers.models import Customer
from mikomi.feedback import instruments, rules, wording
from mikomi.feedback.models import Invitation, Questionnaire, Sheet
from mikomi.outbox import operations as outbox
from mikomi.outbox.models import OutgoingMessage
from mikomi.outbox.records import NewMessage

MOST_ITEMS, MOST_ASKED, MOST_TAKEN = 30, 200, 1_000
RESTED_DAYS = 30
"""Nobody is asked for a questionnaire more often."""
_KEY = re.compile(r"[a-z0-9_-]{1,32}")
_WITH_ITEMS = (Questionnaire.Kind.KANO, Questionnaire.Kind.IMPORTANCE)


class QuestionnaireError(ValueError):
    """A questionnaire that can't be made or answered, with the reason in words."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of sheets: how many were taken, how many known before, which were refused (place, words)."""

    taken: int
    known: int
    refused: list[tuple[int, str]]


@transaction.atomic
def make_questionnaire(
    *, actor: Actor, kind: str, title: str, items: Sequence[Mapping[str, str]] = ()
) -> Questionnaire:
    """Make a questionnaire. `items` of Kano's and the importance questions: key and words in Japanese, English or both.

    Raises QuestionnaireError, NotAllowedError.
    """
    actor.require(Permission.TEMPLATES_EDIT)
    clean = [
        {name: clean_single_line(item.get(name, ""), 200) for name in ("key", "ja", "en")} for item in items
    ]
    _refuse(kind, title, clean)
    return Questionnaire.objects.create(
        kind=kind,
        title=clean_single_line(title, 200),
        items=clean if kind in _WITH_ITEMS else [],
        token=secrets.token_urlsafe(16),
        actor_id=actor.user_id,
        created_at=clock.now(),
    )


def _refuse(kind: str, title: str, items: list[dict[str, str]]) -> None:
    if kind not in Questionnaire.Kind.values:
        raise QuestionnaireError(_("There is no questionnaire of this kind."))
    if not title.strip():
        raise QuestionnaireError(_("Give it a title."))
    if kind not in _WITH_ITEMS:
        return
    keys = [item["key"] for item in items]
    if not 1 <= len(keys) <= MOST_ITEMS:
        raise QuestionnaireError(_("Name 1 to %(most)s things to ask about.") % {"most": MOST_ITEMS})
    if len(set(keys)) != len(keys) or not all(_KEY.fullmatch(key) for key in keys):
        raise QuestionnaireError(
            _("Each thing needs a short key of its own: small letters, digits, - and _.")
        )
    if not all(item["ja"] or item["en"] for item in items):
        raise QuestionnaireError(_("Each thing needs words in Japanese or English."))


@transaction.atomic
def close_questionnaire(*, actor: Actor, questionnaire_id: int) -> Questionnaire:
    """Take no further answers. Raises Questionnaire.DoesNotExist, NotAllowedError."""
    actor.require(Permission.TEMPLATES_EDIT)
    found = Questionnaire.objects.select_for_update().get(pk=questionnaire_id)
    found.closed_at = found.closed_at or clock.now()
    found.save()
    return found


@transaction.atomic
def ask(*, actor: Actor, questionnaire_id: int, customer_ids: Sequence[int]) -> list[Sheet]:
    """Send customers a link of their own. Who was asked anything in the last 30 days, or has been asked this before, is
    left out; consent, quiet hours and caps are decided by the outbox. The sheets of those who were asked.

    Raises Questionnaire.DoesNotExist, QuestionnaireError, NotAllowedError.
    """
    actor.require(Permission.TEMPLATES_EDIT)
    found = _open(Questionnaire.objects.filter(pk=questionnaire_id))
    if len(customer_ids) > MOST_ASKED:
        raise QuestionnaireError(_("Ask at most %(most)s people at once.") % {"most": MOST_ASKED})
    people = Customer.objects.filter(pk__in=customer_ids, erased_at=None).order_by("pk")
    asked = [_ask(actor, found, person) for person in people if not _is_tired(found, person)]
    return [sheet for sheet in asked if sheet is not None]


def _is_tired(questionnaire: Questionnaire, person: Customer) -> bool:
    ids = customers.ids_of(customers.living_id(person.pk))
    if Sheet.objects.filter(questionnaire=questionnaire, customer_id__in=ids).exists():
        return True
    sheets = Sheet.objects.filter(customer_id__in=ids, source="invitation").order_by("-asked_at")
    questions = Invitation.objects.filter(customer_id__in=ids, skipped="").order_by("-asked_at")
    last = [rows.values_list("asked_at", flat=True).first() for rows in (sheets, questions)]
    newest = max((moment for moment in last if moment), default=None)
    return not rules.is_rested(newest, clock.now(), RESTED_DAYS)


def _ask(actor: Actor, questionnaire: Questionnaire, person: Customer) -> Sheet | None:
    token = secrets.token_urlsafe(16)
    letter = wording.questionnaire_letter(person, f"{settings.PUBLIC_URL}/q/{token}")
    message = outbox.post(
        actor=actor,
        message=NewMessage(
            customer_id=person.pk,
            purpose=OutgoingMessage.Purpose.SURVEY,
            language=person.language,
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
            headers={"auto_submitted": "auto-generated"},
            once_key=f"questionnaire:{token}",
        ),
    )
    if message.state == OutgoingMessage.State.REFUSED:
        return None
    return Sheet.objects.create(
        questionnaire=questionnaire, token=token, customer=person, outgoing=message, source="invitation",
        asked_at=clock.now(),
    )  # fmt: skip


@transaction.atomic
def open_sheet(*, token: str) -> Sheet:
    """A new sheet for somebody who came by the open link. Raises Questionnaire.DoesNotExist, QuestionnaireError."""
    found = _open(Questionnaire.objects.filter(token=token))
    return Sheet.objects.create(
        questionnaire=found, token=secrets.token_urlsafe(16), source="link", asked_at=clock.now()
    )


@transaction.atomic
def fill_in(*, token: str, answers: Mapping[str, int], is_last: bool = False) -> Sheet:
    """Take some answers of a sheet; the others stay as they are. A later answer changes an earlier one.

    Raises Sheet.DoesNotExist, QuestionnaireError for a code or a value that is none of this questionnaire's.
    """
    row = Sheet.objects.select_for_update(of=("self",)).select_related("questionnaire").get(token=token)
    _refuse_closed(row.questionnaire)
    if problem := _wrong(instruments.codes(row.questionnaire), answers):
        raise QuestionnaireError(problem)
    row.answers = {**row.answers, **answers}
    row.is_complete = row.is_complete or is_last
    if answers:
        row.answered_at = row.answered_at or clock.now()
    row.save()
    return row


@transaction.atomic
def take_sheets(
    *,
    actor: Actor,
    questionnaire_id: int,
    sheets: Sequence[tuple[str, datetime, Mapping[str, int]]],
    source: str,
) -> Taken:
    """Take sheets that were filled in elsewhere: key, moment and answers of each. The same key is taken once.

    Raises Questionnaire.DoesNotExist, QuestionnaireError (closed), NotAllowedError.
    """
    actor.require(Permission.TEMPLATES_EDIT)
    found = _open(Questionnaire.objects.filter(pk=questionnaire_id))
    highest, now = instruments.codes(found), clock.now()
    rows = Sheet.objects.filter(questionnaire=found, once_key__in=[key for key, _at, _answers in sheets])
    known = set(rows.values_list("once_key", flat=True))
    fresh: list[Sheet] = []
    refused: list[tuple[int, str]] = []
    for place, (key, at, answers) in enumerate(sheets):
        if key in known:
            continue
        problem = _wrong(highest, answers) or ("" if answers else _("It holds no answer."))
        if problem or at > now:
            refused.append((place, problem or _("It was answered in the future; check the date.")))
            continue
        known.add(key)
        fresh.append(
            build(
                Sheet, questionnaire_id=found.pk, token=secrets.token_urlsafe(16), source=source, once_key=key,
                answers=dict(answers), asked_at=at, answered_at=at, is_complete=set(answers) == set(highest),
                changed_at=now,
            )
        )  # fmt: skip
    bulk.insert(fresh)
    return Taken(len(fresh), len(sheets) - len(fresh) - len(refused), refused)


def _wrong(highest: Mapping[str, int], answers: Mapping[str, int]) -> str:
    for code, value in answers.items():
        if code not in highest:
            return _("There is no question “%(code)s” in this questionnaire.") % {"code": code[:40]}
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= highest[code]:
            params = {"code": code, "highest": highest[code]}
            return _("The answer to “%(code)s” is a number from 1 to %(highest)s.") % params
    return ""


def _open(rows: QuerySet[Questionnaire]) -> Questionnaire:
    found = rows.get()
    _refuse_closed(found)
    return found


def _refuse_closed(questionnaire: Questionnaire) -> None:
    if questionnaire.closed_at is not None:
        raise QuestionnaireError(_("This questionnaire is closed. Thank you all the same."))
