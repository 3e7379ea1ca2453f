"""The resolution pattern: acknowledge, explain, make good, prevent, follow up, ask whether it is solved, close.

A case closes only when the customer has confirmed, or was asked and did not answer for as long as the business
waits (requirements, D6 and P7).
"""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from mikomi.conversations import events, recovery_rules
from mikomi.conversations.models import Conversation, Message, RecoveryCase, Remedy
from mikomi.conversations.operations.answering import answer
from mikomi.conversations.operations.handling import reopen_locked
from mikomi.conversations.operations.placing import conversation_about
from mikomi.conversations.operations.receiving import append_from_customer
from mikomi.conversations.queries.cases import may_close
from mikomi.conversations.queries.guides import guide
from mikomi.conversations.queries.rendering import solved_question
from mikomi.conversations.queries.visibility import locked, locked_case
from mikomi.core import clock
from mikomi.core.access.actor import SYSTEM, Actor
from mikomi.core.access.queries import remedy_limit_minor
from mikomi.core.access.rules import Permission
from mikomi.core.business.queries import business as the_business
from mikomi.core.events.kinds import Code
from mikomi.core.events.operations import record
from mikomi.core.live.operations import publish
from mikomi.core.money import Money, format_money
from mikomi.promises.models import Promise
from mikomi.promises.operations import mark_recovered

State = RecoveryCase.State
SWEPT_AT_ONCE = 100


class RecoveryError(ValueError):
    """The case can't do this; the text says why. Nothing was changed and nothing was sent."""


@transaction.atomic
def open_case(
    *, actor: Actor, promise_id: int | None = None, conversation_id: int | None = None
) -> RecoveryCase:
    """Open the case of a broken promise, or of a conversation. A promise has one case: it is returned.

    It joins the conversation given, else the one that the promise is about, else the customer's newest open one,
    else it opens one.
    """
    actor.require(Permission.CONVERSATIONS_ANSWER)
    known = _case_of(promise_id)
    if known is not None:
        return known
    promise = Promise.objects.get(pk=promise_id) if promise_id else None
    conversation = _place(actor, promise, conversation_id)
    case = RecoveryCase(
        promise=promise,
        conversation=conversation,
        customer_id=conversation.customer_id,
        owner_id=conversation.assignee_id or (promise.keeper_id if promise else None) or actor.user_id,
        confirmation_token=secrets.token_urlsafe(16),
        currency=the_business().currency,
        opened_at=clock.now(),
    )
    try:
        with transaction.atomic():
            case.save(force_insert=True)
    except IntegrityError:
        if (known := _case_of(promise_id)) is None:
            raise
        return known
    if conversation.state != Conversation.State.OPEN:
        reopen_locked(actor, conversation, "recovery")
    payload = events.RecoveryOpened(case.pk, conversation.pk, promise_id)
    record(payload, customer_id=case.customer_id, actor_id=actor.user_id)
    return _published(case)


def _case_of(promise_id: int | None) -> RecoveryCase | None:
    return None if promise_id is None else RecoveryCase.objects.filter(promise_id=promise_id).first()


def _place(actor: Actor, promise: Promise | None, conversation_id: int | None) -> Conversation:
    if conversation_id is not None:
        return locked(actor, conversation_id)
    if promise is None or promise.customer_id is None:
        raise RecoveryError(_("A recovery needs a broken promise to one customer, or a conversation."))
    return conversation_about(promise)


def _published(case: RecoveryCase) -> RecoveryCase:
    publish(["inbox", f"conversation:{case.conversation_id}", f"recovery:{case.pk}"])
    return case


def _open_case(actor: Actor, recovery_id: int) -> RecoveryCase:
    """A case that is not closed, held for changing."""
    actor.require(Permission.CONVERSATIONS_ANSWER)
    case = locked_case(actor, recovery_id)
    if case.state == State.CLOSED:
        raise RecoveryError(_("This recovery is closed; reopen it first."))
    return case


def _change(case: RecoveryCase, **values: Any) -> RecoveryCase:
    for name, value in values.items():
        setattr(case, name, value)
    case.save(update_fields=list(values))
    return _published(case)


@transaction.atomic
def set_owner(*, actor: Actor, recovery_id: int, owner_id: int | None) -> RecoveryCase:
    """Say who sees the case through."""
    return _change(_open_case(actor, recovery_id), owner_id=owner_id)


@transaction.atomic
def set_cause(*, actor: Actor, recovery_id: int, cause: str, note: str = "") -> RecoveryCase:
    """Say why the promise was broken. The guide for that cause sets the follow-up where there is none yet."""
    case = _open_case(actor, recovery_id)
    if cause not in RecoveryCase.Cause.values:
        raise RecoveryError(_("There is no such cause."))
    values: dict[str, Any] = {"cause": cause, "cause_note": note}
    days = guide(cause).follow_up_days
    if days and case.follow_up_at is None and case.follow_up_done_at is None:
        values["follow_up_at"] = clock.now() + timedelta(days=days)
    return _change(case, **values)


@transaction.atomic
def apologise(*, actor: Actor, recovery_id: int, text: str, subject: str = "") -> Message:
    """Send the apology, as an answer in the conversation."""
    case = _open_case(actor, recovery_id)
    message = answer(
        actor=actor,
        conversation_id=case.conversation_id,
        text=text,
        subject=subject,
        template_key="apology",
    )
    _change(case, apologised_at=clock.now())
    return message


@transaction.atomic
def grant_remedy(
    *,
    actor: Actor,
    recovery_id: int,
    kind: str,
    amount_minor: int,
    currency: str,
    note: str = "",
    detail: dict[str, Any] | None = None,
) -> Remedy:
    """Grant something to make good, within what the actor's role may grant for the whole case.

    Raises `RecoveryError` that names the limit and what is left of it; the case's cost counts its own currency.
    """
    actor.require(Permission.RECOVERY_GRANT)
    case = _open_case(actor, recovery_id)
    if kind not in Remedy.Kind.values or amount_minor < 0 or actor.user_id is None:
        raise RecoveryError(_("This is not a remedy that a person can grant."))
    _refuse_above_limit(actor, case, amount_minor, currency)
    remedy = Remedy.objects.create(
        case=case,
        kind=kind,
        amount_minor=amount_minor,
        currency=currency,
        note=note,
        granted_by_id=actor.user_id,
        granted_at=clock.now(),
        detail=detail or {},
    )
    if currency == case.currency:
        _change(case, cost_minor=case.cost_minor + amount_minor)
    payload = events.RemedyGranted(case.pk, Code(kind), amount_minor, Code(currency))
    record(payload, customer_id=case.customer_id, actor_id=actor.user_id)
    return remedy


def _refuse_above_limit(actor: Actor, case: RecoveryCase, amount_minor: int, currency: str) -> None:
    limit = remedy_limit_minor(actor=actor, currency=currency)
    granted = sum(case.remedies.filter(currency=currency).values_list("amount_minor", flat=True))
    allowed = recovery_rules.grant(amount_minor=amount_minor, granted_minor=granted, limit_minor=limit)
    if not allowed.is_within:
        raise RecoveryError(
            _(
                "You may grant %(limit)s per case without approval; %(left)s of it is left here."
                " Ask somebody with a higher limit."
            )
            % {
                "limit": format_money(Money(limit, currency)),
                "left": format_money(Money(allowed.left_minor, currency)),
            }
        )


@transaction.atomic
def set_prevention(
    *,
    actor: Actor,
    recovery_id: int,
    text: str,
    owner_id: int | None = None,
    due: date | None = None,
    is_done: bool = False,
) -> RecoveryCase:
    """Say what is changed so that it doesn't happen again, by whom and until when; or that it is done."""
    actor.require(Permission.CONVERSATIONS_ANSWER)
    case = locked_case(actor, recovery_id)
    done_at = (case.prevention_done_at or clock.now()) if is_done else None
    return _change(
        case, prevention=text, prevention_owner_id=owner_id, prevention_due=due, prevention_done_at=done_at
    )


@transaction.atomic
def set_follow_up(*, actor: Actor, recovery_id: int, at: datetime | None) -> RecoveryCase:
    """Say when we come back to the customer; none: not any more."""
    case = _open_case(actor, recovery_id)
    return _change(case, follow_up_at=at, follow_up_noticed_at=None, follow_up_done_at=None)


@transaction.atomic
def follow_up_done(*, actor: Actor, recovery_id: int) -> RecoveryCase:
    """Say that we came back to the customer."""
    return _change(_open_case(actor, recovery_id), follow_up_done_at=clock.now())


def follow_ups_due(worker: str = "") -> int:
    """The sweep: say once of each follow-up that it is due. How many there were."""
    now = clock.now()
    due = RecoveryCase.objects.exclude(state=State.CLOSED).filter(
        follow_up_at__lte=now, follow_up_noticed_at=None, follow_up_done_at=None
    )
    if not due.exists():
        return 0
    with transaction.atomic():
        rows = list(due.select_for_update(skip_locked=True).order_by("follow_up_at", "id")[:SWEPT_AT_ONCE])
        RecoveryCase.objects.filter(pk__in=[row.pk for row in rows]).update(
            follow_up_noticed_at=now, changed_at=now
        )
        for row in rows:
            record(events.FollowUpDue(row.pk), customer_id=row.customer_id, occurred_at=row.follow_up_at)
        publish(["inbox", "today"])
    return len(rows)


@transaction.atomic
def ask_if_solved(*, actor: Actor, recovery_id: int, text: str = "") -> Message:
    """Ask the customer whether it is solved, with a link to the page that takes the answer.

    Without a text the words of the business are used; one without the link gets it at its end.
    """
    case = _open_case(actor, recovery_id)
    link = confirmation_link(case)
    words = text.strip() or solved_question(case.conversation, actor, link)
    message = answer(
        actor=actor,
        conversation_id=case.conversation_id,
        text=words if link in words else f"{words}\n\n{link}",
        template_key="solved",
    )
    _change(case, state=State.ASKED, asked_at=clock.now(), answered_at=None, outcome="")
    assert message.outgoing is not None
    payload = events.RecoveryAsked(case.pk, message.outgoing.pk)
    record(payload, customer_id=case.customer_id, actor_id=actor.user_id)
    return message


def confirmation_link(case: RecoveryCase) -> str:
    """The address of the page on which the customer says whether it is solved."""
    return f"{settings.PUBLIC_URL}/r/{case.confirmation_token}"


@transaction.atomic
def record_confirmation(*, token: str, solved: bool, comment: str = "") -> RecoveryCase:
    """Take the customer's word from the page behind the link; a later word counts until the case is closed.

    Solved: the case may be closed. Not solved: it is open again and must be asked again.
    Raises `RecoveryCase.DoesNotExist`, `RecoveryError`.
    """
    case = RecoveryCase.objects.select_for_update().get(
        confirmation_token=token, asked_at__isnull=False, conversation__deleted_at=None
    )
    if case.state == State.CLOSED:
        raise RecoveryError(
            _("This matter is closed already. Please write to us, and we will take it up again.")
        )
    conversation = locked(SYSTEM, case.conversation_id)
    if comment.strip():
        append_from_customer(conversation, text=comment.strip(), channel="webform")
    return _take_word(SYSTEM, case, conversation, solved)


@transaction.atomic
def record_told(*, actor: Actor, recovery_id: int, solved: bool) -> RecoveryCase:
    """Record what the customer told a person, on the phone or at the counter: as good as a click."""
    case = _open_case(actor, recovery_id)
    return _take_word(actor, case, case.conversation, solved)


def _take_word(actor: Actor, case: RecoveryCase, conversation: Conversation, solved: bool) -> RecoveryCase:
    outcome = RecoveryCase.Outcome.SOLVED if solved else RecoveryCase.Outcome.NOT_SOLVED
    now = clock.now()
    _change(
        case,
        outcome=outcome,
        asked_at=case.asked_at or now,
        answered_at=now,
        state=State.ASKED if solved else State.OPEN,
    )
    if not solved and conversation.state != Conversation.State.OPEN:
        reopen_locked(actor, conversation, "not_solved")
    payload = events.RecoveryConfirmed(case.pk, solved)
    record(payload, customer_id=case.customer_id, actor_id=actor.user_id)
    return case


@transaction.atomic
def close_case(*, actor: Actor, recovery_id: int) -> RecoveryCase:
    """Close the case, with its outcome and cost. Refused until the customer confirmed, or was asked and waited."""
    case = _open_case(actor, recovery_id)
    if not may_close(case):
        raise RecoveryError(_why_not(case))
    outcome = case.outcome or RecoveryCase.Outcome.UNANSWERED
    _change(case, state=State.CLOSED, outcome=outcome, closed_at=clock.now())
    _tell_ledger(case, recovered=True)
    payload = events.RecoveryClosed(case.pk, Code(outcome), case.cost_minor, Code(case.currency))
    record(payload, customer_id=case.customer_id, actor_id=actor.user_id)
    return case


def _tell_ledger(case: RecoveryCase, *, recovered: bool) -> None:
    """A broken promise whose case is closed is made good; it leaves the list of those to make good."""
    if case.promise_id is not None:
        mark_recovered(actor=SYSTEM, promise_id=case.promise_id, recovered=recovered)


def _why_not(case: RecoveryCase) -> str:
    if case.outcome == RecoveryCase.Outcome.NOT_SOLVED:
        return _("The customer says that it is not solved: make it good, then ask again.")
    if case.asked_at is None:
        return _("Ask the customer first whether it is solved.")
    return _("The customer was asked and has not answered yet: wait a few working days, or call.")


@transaction.atomic
def reopen_case(*, actor: Actor, recovery_id: int, reason: str = "by_person") -> RecoveryCase:
    """Open a closed case again; what was granted stays granted, the customer will be asked anew."""
    actor.require(Permission.CONVERSATIONS_ANSWER)
    case = locked_case(actor, recovery_id)
    if case.state != State.CLOSED:
        return case
    _change(
        case,
        state=State.OPEN,
        closed_at=None,
        outcome="",
        asked_at=None,
        answered_at=None,
        reopened_count=case.reopened_count + 1,
    )
    _tell_ledger(case, recovered=False)
    conversation = locked(actor, case.conversation_id)
    if conversation.state != Conversation.State.OPEN:
        reopen_locked(actor, conversation, "recovery")
    payload = events.RecoveryReopened(case.pk, Code(reason))
    record(payload, customer_id=case.customer_id, actor_id=actor.user_id)
    return case
