"""News of a promise by e-mail: asked for on its page, confirmed from the address itself, ended by one click."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from mikomi.core import clock
from mikomi.core.access.actor import SYSTEM
from mikomi.outbox import operations as outbox
from mikomi.promises.letters import change_letter, confirmation_letter, in_language, when
from mikomi.promises.models import Promise, Subscription

LONGEST_ADDRESS = 254
WINDOW = timedelta(hours=24)
MOST_PER_ADDRESS = 3
"""Confirmations to one address within WINDOW, whatever the promise: nobody is flooded by a stranger."""
MOST_PER_PROMISE = 10
"""… and for one promise; a promise to many has no such limit below MOST_AT_ALL."""
MOST_AT_ALL = 300


class SubscribeError(ValueError):
    """The address can't be taken, in words for its owner."""


@transaction.atomic
def subscribe(*, token: str, email: str, language: str) -> Subscription:
    """Ask for news of a promise: a message to the address asks for its owner's confirmation, nothing else is sent.

    An address that is subscribed already gets no second one. Raises SubscribeError, Promise.DoesNotExist.
    """
    promise = Promise.objects.select_for_update().get(token=token, is_internal=False)
    address = _checked(email)
    now = clock.now()
    known = promise.subscriptions.filter(email=address).first()
    if known is not None and known.is_active:
        return known
    _refuse_flood(promise, address)
    subscription = known or Subscription(promise=promise, email=address, token=secrets.token_urlsafe(16))
    subscription.language, subscription.asked_at = language[:8], now
    subscription.confirmed_at = subscription.ended_at = None
    subscription.save()
    outbox.post(actor=SYSTEM, message=confirmation_letter(subscription))
    return subscription


def _checked(email: str) -> str:
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise SubscribeError(_("This is not an e-mail address.")) from error
    if len(address) > LONGEST_ADDRESS:
        raise SubscribeError(_("This is not an e-mail address."))
    return address


def _refuse_flood(promise: Promise, address: str) -> None:
    since = clock.now() - WINDOW
    to_one = promise.audience == Promise.Audience.ONE
    most = MOST_PER_PROMISE if to_one else MOST_AT_ALL
    too_many = (
        Subscription.objects.filter(email=address, asked_at__gte=since).count() >= MOST_PER_ADDRESS
        or promise.subscriptions.filter(asked_at__gte=since).count() >= most
    )
    if too_many:
        raise SubscribeError(_("Too many requests today; please try again tomorrow."))


@transaction.atomic
def confirm_subscription(*, token: str) -> Subscription:
    """The owner of the address wants it. Raises Subscription.DoesNotExist, also for one that was ended."""
    row = Subscription.objects.select_for_update().get(token=token, ended_at=None)
    if row.confirmed_at is None:
        row.confirmed_at = clock.now()
        row.save(update_fields=["confirmed_at"])
    return row


@transaction.atomic
def end_subscription(*, token: str) -> Subscription:
    """No more news. Raises Subscription.DoesNotExist."""
    row = Subscription.objects.select_for_update().get(token=token)
    if row.ended_at is None:
        row.ended_at = clock.now()
        row.save(update_fields=["ended_at"])
    return row


@transaction.atomic
def tell_subscribers(*, promise_id: int, change: str, key: str) -> int:
    """Tell those who subscribed what changed: `change` is terms, kept, broken, withdrawn or reopened. Once for each
    `key`. How many are told."""
    rows = Subscription.objects.select_related("promise").filter(
        promise_id=promise_id, confirmed_at__isnull=False, ended_at=None
    )
    told = 0
    for row in rows.exclude(promise__customer__erased_at__isnull=False):
        with in_language(row.language):
            line = _line(row.promise, change, row.language)
        outbox.post(actor=SYSTEM, message=change_letter(row, line, f"news:{key}"))
        told += 1
    return told


def _line(promise: Promise, change: str, language: str) -> str:
    if change == "terms" and promise.due_at is not None:
        return _("The new date is %(date)s.") % {"date": when(promise.due_at, promise.by_day, language)}
    lines = {
        "terms": _("What we promise was put into new words."),
        "kept": _("It is done: we kept what we promised."),
        "broken": _("We did not keep this promise, and we are sorry."),
        "withdrawn": _("We took this promise back."),
    }
    return lines[change]
