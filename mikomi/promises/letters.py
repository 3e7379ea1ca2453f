"""What the ledger writes to customers: a question about new terms, changes for those who want to know them."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from mikomi.core.business.queries import business
from mikomi.core.letter_dates import letter_day, letter_moment
from mikomi.core.names import greeting
from mikomi.customers.naming import name_of
from mikomi.outbox.models import OutgoingMessage
from mikomi.outbox.records import NewMessage
from mikomi.promises.models import Promise, Renegotiation, Subscription
from mikomi.promises.reasons import reason_label

SUBJECT = "promise"


def promise_link(promise: Promise) -> str:
    """The public page of a promise."""
    return f"{settings.PUBLIC_URL}/p/{promise.token}"


def in_language(language: str) -> AbstractContextManager[None]:
    """What is rendered inside is in this language; one that isn't translated is English."""
    base = language.partition("-")[0]
    return translation.override(base if base in dict(settings.LANGUAGES) else "en")


def when(moment: datetime | None, by_day: bool, language: str) -> str:
    """A due time as it stands in a letter; empty where there is none."""
    if moment is None:
        return ""
    zone = business().zone
    if by_day:
        return letter_day(moment.astimezone(zone).date(), language)
    return letter_moment(moment, zone, language)


def question_letter(promise: Promise, asked: Renegotiation) -> NewMessage:
    """The question whether new terms are all right, in the customer's language."""
    person = promise.person
    with in_language(person.language):
        facts = [
            _("What we promised: %(what)s") % {"what": promise.statement or str(promise.get_kind_display())},
            _old_and_new(promise, asked, person.language),
            _("Reason: %(reason)s") % {"reason": reason_label(asked.reason)} if asked.reason else "",
        ]
        parts = [
            greeting(name_of(person), person.language),
            _(
                "This is %(business)s. We can't keep what we promised you as it stands, and ask for your consent."
            )
            % {"business": business().name},
            "\n".join(filter(None, facts)),
            asked.words,
            _(
                "Yes, no, or a question: please tell us here. Until you agree, our old promise stands.\n%(link)s"
            )
            % {"link": promise_link(promise)},
            business().name,
        ]
        subject = _("May we change what we promised you?")
    return NewMessage(
        customer_id=promise.customer_id,
        purpose=OutgoingMessage.Purpose.NOTICE,
        channel="email",
        language=person.language,
        subject=subject,
        text="\n\n".join(filter(None, parts)),
        once_key=f"renegotiation:{asked.pk}",
        subject_type=SUBJECT,
        subject_id=promise.pk,
        team_id=promise.team_id,
    )


def _old_and_new(promise: Promise, asked: Renegotiation, language: str) -> str:
    lines = []
    if promise.due_at != asked.due_at:
        lines.append(
            _("Until now: %(old)s\nNew: %(new)s")
            % {
                "old": when(promise.due_at, promise.by_day, language),
                "new": when(asked.due_at, asked.by_day, language),
            }
        )
    if asked.statement and asked.statement != promise.statement:
        lines.append(_("In new words: %(statement)s") % {"statement": asked.statement})
    return "\n".join(lines)


# For those who subscribed


def subscription_link(subscription: Subscription, act: str) -> str:
    """The address that confirms (`confirm`) or ends (`end`) a subscription."""
    return f"{settings.PUBLIC_URL}/p/{subscription.promise.token}/mail/{subscription.token}/{act}"


def confirmation_letter(subscription: Subscription) -> NewMessage:
    """Asks the owner of an address whether they really want to know: nothing else is sent before."""
    with in_language(subscription.language):
        text = _(
            "Somebody, probably you, wants to know by e-mail when a promise of %(business)s changes.\n\n"
            "Confirm it here:\n%(confirm)s\n\n"
            "If it was not you, do nothing: you won't hear from us again."
        ) % {"business": business().name, "confirm": subscription_link(subscription, "confirm")}
        subject = _("Please confirm: news of our promise")
    return _to(
        subscription, subject, text, f"subscribe:{subscription.pk}:{subscription.asked_at:%Y%m%d%H%M%S}"
    )


def change_letter(subscription: Subscription, change: str, key: str) -> NewMessage:
    """Tells a subscriber what changed, in one line, with the page and the way out."""
    promise = subscription.promise
    with in_language(subscription.language):
        what = promise.statement or str(promise.get_kind_display())
        text = _(
            "%(change)s\n\nWhat we promised: %(what)s\n\nHere you see where it stands:\n%(link)s\n\n"
            "No more news of this promise:\n%(end)s"
        ) % {
            "change": change,
            "what": what,
            "link": promise_link(promise),
            "end": subscription_link(subscription, "end"),
        }
        subject = _("%(business)s: news of our promise") % {"business": business().name}
    return _to(subscription, subject, text, f"{key}:{subscription.pk}")


def _to(subscription: Subscription, subject: str, text: str, once_key: str) -> NewMessage:
    return NewMessage(
        customer_id=None,
        purpose=OutgoingMessage.Purpose.ANSWER,
        to_address=subscription.email,
        language=subscription.language,
        subject=subject,
        text=text,
        headers={"auto_submitted": "auto-generated"},
        once_key=once_key,
        subject_type=SUBJECT,
        subject_id=subscription.promise_id,
        team_id=subscription.promise.team_id,
    )
