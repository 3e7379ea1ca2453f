"""Recovery cases and templates, as a surface shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet

from mikomi.conversations import recovery_rules
from mikomi.conversations.models import RecoveryCase, Remedy, Template
from mikomi.conversations.queries.standards import policy
from mikomi.conversations.queries.visibility import visible_cases
from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.business.queries import calendar
from mikomi.core.kept import kept
from mikomi.core.paging import Page, keyset

OPEN_STATES = (RecoveryCase.State.OPEN, RecoveryCase.State.ASKED)


def recoveries(
    *, actor: Actor, state: str = "", cursor: str | None = None, size: int = 50
) -> Page[RecoveryCase]:
    """Recovery cases of a state (empty: open and asked), the oldest first, with customer and promise."""
    states = (state,) if state else OPEN_STATES
    rows = visible_cases(actor).filter(state__in=states)
    return keyset(_full(rows), ("opened_at", "id"), cursor, size)


def recovery(*, actor: Actor, recovery_id: int) -> RecoveryCase:
    """One case with its remedies. Raises `RecoveryCase.DoesNotExist`, also for another team's."""
    return _full(visible_cases(actor)).get(pk=recovery_id)


def recoveries_in(*, actor: Actor, conversation_id: int) -> list[RecoveryCase]:
    """The cases of a conversation, the newest first."""
    return list(_full(visible_cases(actor)).filter(conversation_id=conversation_id).order_by("-id"))


def recovery_of_promise(*, actor: Actor, promise_id: int) -> RecoveryCase | None:
    """The case of a broken promise, if there is one and the actor may see it."""
    if not actor.may(Permission.CONVERSATIONS_VIEW):
        return None
    return _full(visible_cases(actor)).filter(promise_id=promise_id).first()


@kept("until")
def follow_ups(*, actor: Actor, until: datetime, size: int = 20) -> QuerySet[RecoveryCase]:
    """Open cases whose follow-up is due until then, the soonest first: for Today."""
    rows = visible_cases(actor).filter(
        state__in=OPEN_STATES, follow_up_at__lte=until, follow_up_done_at__isnull=True
    )
    return rows.order_by("follow_up_at", "id")[:size]


@kept()
def open_cases(*, actor: Actor, size: int = 20) -> QuerySet[RecoveryCase]:
    """Open cases, the oldest first: for Today."""
    return visible_cases(actor).filter(state__in=OPEN_STATES).order_by("opened_at", "id")[:size]


def _full(rows: QuerySet[RecoveryCase]) -> QuerySet[RecoveryCase]:
    remedies = Prefetch("remedies", queryset=Remedy.objects.order_by("id"))
    return rows.select_related("conversation", "customer", "promise").prefetch_related(remedies)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What the page behind a confirmation link shows; nothing personal, for the link may be forwarded."""

    recovery_id: int
    language: str
    outcome: str
    is_open: bool


def confirmation(token: str) -> Confirmation:
    """The case behind a confirmation link. Raises `RecoveryCase.DoesNotExist`."""
    case = RecoveryCase.objects.select_related("conversation").get(
        confirmation_token=token, conversation__deleted_at=None, asked_at__isnull=False
    )
    is_open = case.state != RecoveryCase.State.CLOSED
    return Confirmation(case.pk, case.conversation.language, case.outcome, is_open)


def may_close(case: RecoveryCase) -> bool:
    """Whether the customer has confirmed, or was asked and did not answer for as long as the business waits."""
    return recovery_rules.may_close(
        outcome=case.outcome,
        asked_at=case.asked_at,
        now=clock.now(),
        wait_days=policy().confirmation_wait_days,
        calendar=calendar(),
    )


def templates(*, actor: Actor, language: str = "") -> list[Template]:
    """The templates in use, by title; of one language if it is given."""
    rows = Template.objects.filter(is_archived=False)
    return list(rows.filter(language=language) if language else rows)


def template(*, key: str, language: str) -> Template:
    """A template by key in the customer's language, else in English. Raises `Template.DoesNotExist`."""
    rows = {row.language: row for row in Template.objects.filter(key=key, is_archived=False)}
    found = rows.get(language) or rows.get("en") or next(iter(rows.values()), None)
    if found is None:
        raise Template.DoesNotExist(key)
    return found
