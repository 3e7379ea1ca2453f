"""New terms are asked for, not imposed: the customer says yes or no on the promise's page, or to a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from mikomi.core import clock
from mikomi.core.access.actor import SYSTEM, Actor
from mikomi.core.access.rules import Permission
from mikomi.core.business import queries as business_queries
from mikomi.core.events.kinds import Code
from mikomi.core.events.operations import record
from mikomi.core.live.operations import publish
from mikomi.outbox import operations as outbox
from mikomi.outbox.models import OutgoingMessage
from mikomi.promises import events
from mikomi.promises.letters import question_letter
from mikomi.promises.models import Promise, Renegotiation
from mikomi.promises.operations.making import PromiseError, refuse_terms
from mikomi.promises.operations.observing import lock_cases
from mikomi.promises.operations.terms import PromiseDecidedError, change_terms, is_settled
from mikomi.promises.rules import deadlines as rules
from mikomi.promises.rules import kinds

State = Renegotiation.State
_PENDING = (State.ASKED, State.QUESTION)
LONGEST_ANSWER = 2_000


class RenegotiationError(ValueError):
    """The customer can't be asked, or has answered already; the reason in words."""


@transaction.atomic
def ask_new_terms(
    *,
    actor: Actor,
    promise_id: int,
    due_at: datetime | date | None,
    reason: str = "",
    words: str = "",
    statement: str = "",
    terms: Mapping[str, Any] | None = None,
) -> Renegotiation:
    """Ask the customer whether new terms are all right: a message with the link to the promise's page.

    The terms stay as they are until the customer accepts. Asking again takes the earlier question back.
    Raises RenegotiationError, PromiseDecidedError, PromiseError, Promise.DoesNotExist, NotAllowedError.
    """
    actor.require(Permission.PROMISES_RECORD)
    promise = _askable(actor, promise_id)
    _refuse_wrong(promise, due_at, terms)
    take_back_question(actor=actor, promise_id=promise_id)
    asked = Renegotiation.objects.create(
        promise=promise,
        due_at=_moment(due_at),
        by_day=due_at is not None and not isinstance(due_at, datetime),
        statement=statement,
        terms=dict(promise.terms if terms is None else terms),
        reason=reason,
        words=words.strip(),
        asked_at=clock.now(),
        asked_by_id=actor.user_id,
    )
    asked.outgoing = _send(actor, promise, asked)
    asked.save(update_fields=["outgoing"])
    payload = events.TermsAsked(promise.pk, Code(promise.kind), asked.pk, asked.due_at, Code(reason))
    record(payload, customer_id=promise.customer_id, actor_id=actor.user_id)
    return asked


def _askable(actor: Actor, promise_id: int) -> Promise:
    case = lock_cases(actor, [promise_id])[promise_id]
    promise = case.promise
    if promise.customer_id is None or promise.is_internal:
        raise RenegotiationError(_("Only a promise to one customer is agreed upon anew with them."))
    if promise.person.erased_at is not None:
        raise RenegotiationError(_("This person's data was erased; there is nobody to ask."))
    if is_settled(case):
        raise PromiseDecidedError(_("This promise is settled; make a new one instead."))
    return promise


def _refuse_wrong(promise: Promise, due_at: datetime | date | None, terms: Mapping[str, Any] | None) -> None:
    if (due_at is not None) != (promise.kind in kinds.TIMED):
        raise PromiseError(_("New terms name a date where the promise has one, and only there."))
    moment = _moment(due_at)
    if moment is not None and moment < clock.now():
        raise PromiseError(_("The new date has passed already."))
    if terms is not None:
        refuse_terms(promise.kind, terms)
    if moment == promise.due_at and (terms is None or dict(terms) == promise.terms):
        raise RenegotiationError(_("These are the terms that stand already."))


def _moment(due_at: datetime | date | None) -> datetime | None:
    if due_at is None or isinstance(due_at, datetime):
        return due_at
    return rules.end_of_day(due_at, business_queries.zone())


def _send(actor: Actor, promise: Promise, asked: Renegotiation) -> OutgoingMessage:
    outgoing = outbox.post(actor=actor, message=question_letter(promise, asked))
    if outgoing.state == OutgoingMessage.State.REFUSED:
        raise RenegotiationError(
            _("There is no address of this customer that works: ask by phone and record what was agreed.")
        )
    if outgoing.state == OutgoingMessage.State.HELD and actor.may(Permission.PROMISES_RELEASE):
        # Notices wait for a person; here a person has just written it.
        outgoing = outbox.release(actor=actor, outgoing_id=outgoing.pk)
    return outgoing


@transaction.atomic
def take_back_question(*, actor: Actor, promise_id: int) -> int:
    """Don't ask any more, as when the terms were changed otherwise. How many questions were open (0 or 1)."""
    actor.require(Permission.PROMISES_RECORD)
    rows = Renegotiation.objects.filter(promise_id=promise_id, state__in=_PENDING)
    now = clock.now()
    return rows.update(state=State.TAKEN_BACK, answered_at=now, changed_at=now)


# The customer answers


@transaction.atomic
def answer_new_terms(
    *, token: str, renegotiation_id: int, answer: str, words: str = ""
) -> Renegotiation | None:
    """Take the customer's answer from the promise's page: accepted, declined, or question (they ask back).

    After a question they may still accept or decline. None: the same question once more (a button pressed twice),
    which changes nothing. Raises RenegotiationError for one that is not open any more, Promise.DoesNotExist,
    Renegotiation.DoesNotExist.
    """
    if answer not in (State.ACCEPTED, State.DECLINED, State.QUESTION):
        raise RenegotiationError(_("Say yes or no, or ask."))
    promise = Promise.objects.select_for_update().get(token=token, is_internal=False)
    asked = promise.renegotiations.select_for_update().get(pk=renegotiation_id)
    if asked.state not in _PENDING:
        raise RenegotiationError(_("This question was answered already or taken back."))
    if answer == State.QUESTION and not words.strip():
        raise RenegotiationError(_("Write your question first."))
    if asked.state == answer and asked.answer == _kept_words(words):
        return None
    if answer == State.ACCEPTED:
        _refuse_late(asked)
    _take(asked, State(answer), by=Renegotiation.By.PAGE, words=words)
    if answer == State.ACCEPTED:
        _agree(SYSTEM, asked)
    _tell(asked, None)
    return asked


def _refuse_late(asked: Renegotiation) -> None:
    case = lock_cases(SYSTEM, [asked.promise_id])[asked.promise_id]
    if is_settled(case):
        raise RenegotiationError(
            _("What was promised has been settled meanwhile; nothing needs to be agreed.")
        )


def _take(asked: Renegotiation, state: Renegotiation.State, *, by: str, words: str) -> None:
    asked.state, asked.answered_by, asked.answered_at = state, by, clock.now()
    asked.answer = _kept_words(words) or asked.answer
    asked.handled_at = None
    asked.save(update_fields=["state", "answered_by", "answered_at", "answer", "handled_at"])


def _kept_words(words: str) -> str:
    return words.strip()[:LONGEST_ANSWER]


def _agree(actor: Actor, asked: Renegotiation) -> None:
    """The terms that the customer accepted are the promise's from now on."""
    due_at: datetime | date | None = asked.due_at
    if asked.due_at is not None and asked.by_day:
        due_at = asked.due_at.astimezone(business_queries.zone()).date()
    promise = change_terms(
        actor=actor,
        promise_id=asked.promise_id,
        due_at=due_at,
        reason=asked.reason,
        note=asked.note,
        statement=asked.statement or None,
        terms=asked.terms,
    )
    Promise.objects.filter(pk=promise.pk).update(renegotiated_at=clock.now(), updated_at=clock.now())
    asked.version_number = promise.version_number
    asked.save(update_fields=["version_number"])


def _tell(asked: Renegotiation, actor_id: int | None) -> None:
    promise = asked.promise
    payload = events.TermsAnswered(
        promise.pk, Code(promise.kind), asked.pk, Code(asked.state), Code(asked.answered_by)
    )
    record(payload, customer_id=promise.customer_id, actor_id=actor_id)
    publish(["today"])


@transaction.atomic
def record_agreed(
    *,
    actor: Actor,
    promise_id: int,
    due_at: datetime | date | None,
    how: str,
    note: str,
    reason: str = "",
    statement: str = "",
    terms: Mapping[str, Any] | None = None,
) -> Renegotiation:
    """Record new terms that the customer accepted by phone, face to face or in writing: a person's statement.

    `note`: who agreed, and when, for colleagues; it can't be empty. Raises as `ask_new_terms`.
    """
    actor.require(Permission.PROMISES_RECORD)
    if how not in (Renegotiation.By.PHONE, Renegotiation.By.COUNTER, Renegotiation.By.WRITING):
        raise RenegotiationError(_("Say how the customer agreed: by phone, face to face or in writing."))
    if not note.strip():
        raise RenegotiationError(_("Say who agreed and what was said: you vouch for it."))
    promise = _askable(actor, promise_id)
    _refuse_wrong(promise, due_at, terms)
    take_back_question(actor=actor, promise_id=promise_id)
    now = clock.now()
    asked = Renegotiation.objects.create(
        promise=promise,
        state=State.ACCEPTED,
        due_at=_moment(due_at),
        by_day=due_at is not None and not isinstance(due_at, datetime),
        statement=statement,
        terms=dict(promise.terms if terms is None else terms),
        reason=reason,
        note=note.strip(),
        asked_at=now,
        asked_by_id=actor.user_id,
        answered_at=now,
        answered_by=how,
        recorded_by_id=actor.user_id,
    )
    _agree(actor, asked)
    _tell(asked, actor.user_id)
    return asked


@transaction.atomic
def take_care_of_questions(*, actor: Actor, promise_ids: Sequence[int], until: datetime) -> int:
    """The customers who asked back about new terms of these promises were answered at `until`: what was asked by then
    is taken care of. How many questions."""
    actor.require(Permission.PROMISES_RECORD)
    if not promise_ids:
        return 0
    now = clock.now()
    asked = Renegotiation.objects.filter(promise_id__in=promise_ids, state=State.QUESTION, handled_at=None)
    asked = asked.filter(answered_at__lte=until)
    count = asked.update(handled_at=now, changed_at=now)
    if count:
        publish(["today"])
    return count


@transaction.atomic
def answer_handled(*, actor: Actor, renegotiation_id: int) -> Renegotiation:
    """Say that somebody took care of a no or a question: it leaves Today. Raises Renegotiation.DoesNotExist."""
    actor.require(Permission.PROMISES_RECORD)
    asked = Renegotiation.objects.get(pk=renegotiation_id)
    lock_cases(actor, [asked.promise_id])  # promises are locked before what hangs on them, everywhere
    asked.handled_at = clock.now()
    asked.save(update_fields=["handled_at"])
    publish(["today"])
    return asked
