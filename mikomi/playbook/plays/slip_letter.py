"""The words of the notice that a promise slips: honest reason, new date, what the customer may choose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from mikomi.conversations.wording import in_language
from mikomi.core.business.queries import business
from mikomi.core.letter_dates import letter_day, letter_moment
from mikomi.core.names import greeting
from mikomi.customers.naming import name_of
from mikomi.promises.models import Promise

REASONS = {
    "carrier_delay": gettext_lazy("The carrier is delayed."),
    "out_of_stock": gettext_lazy("The item is out of stock; we are waiting for its arrival."),
    "supplier_delay": gettext_lazy("Our supplier delivers to us later than agreed."),
    "production_delay": gettext_lazy("Making the item takes longer than we had planned."),
    "weather": gettext_lazy("Bad weather delays transport."),
    "many_orders": gettext_lazy("We have more orders than we can prepare in time."),
    "customs": gettext_lazy("Customs clearance takes longer than usual."),
    "address": gettext_lazy("The carrier could not deliver to the address given."),
    "absent": gettext_lazy("Nobody was there to receive the parcel."),
    "staff": gettext_lazy("We lack staff at the moment."),
}
"""The honest reason by its code. A reason that isn't known is not made up: we say that we are looking into it."""
UNKNOWN_REASON = gettext_lazy("We are still finding out why, and will tell you if you ask.")

_WHAT = {
    Promise.Kind.DELIVERY: pgettext_lazy("what we promised", "the delivery of your order"),
    Promise.Kind.SHIPPING: pgettext_lazy("what we promised", "the shipping of your order"),
    Promise.Kind.CALLBACK: pgettext_lazy("what we promised", "our call to you"),
}
_SOMETHING = pgettext_lazy("what we promised", "what we promised you")


@dataclass(frozen=True, slots=True)
class Letter:
    """A notice, ready for the outbox."""

    subject: str
    text: str


def slip_letter(promise: Promise, expected_at: datetime | None, reason: str) -> Letter:
    """The notice of a slip, in the customer's language."""
    language = promise.person.language
    with in_language(language):
        what = str(_WHAT.get(Promise.Kind(promise.kind), _SOMETHING))
        parts = [
            greeting(name_of(promise.person), language),
            _("This is %(business)s. We are sorry to tell you that %(what)s will be later than promised.")
            % {"business": business().name, "what": what},
            _facts(promise, expected_at, reason, language),
            _choices(promise),
            _("Here you always see where it stands:\n%(link)s") % {"link": promise_link(promise)},
            _("We apologise for keeping you waiting.\n%(business)s") % {"business": business().name},
        ]
        subject = _("A delay: %(what)s") % {"what": what}
    return Letter(subject, "\n\n".join(part for part in parts if part))


def _facts(promise: Promise, expected_at: datetime | None, reason: str, language: str) -> str:
    told = [_("Reason: %(reason)s") % {"reason": REASONS.get(reason, UNKNOWN_REASON)}]
    told.append(_("Promised: %(date)s") % {"date": _date(promise.deadline, promise.by_day, language)})
    if expected_at is not None:
        told.append(_("Now expected: %(date)s") % {"date": _date(expected_at, promise.by_day, language)})
    else:
        told.append(_("We will tell you the new date as soon as we know it."))
    if promise.statement:
        told.insert(0, _("What we had said: %(statement)s") % {"statement": promise.statement})
    return "\n".join(told)


def _choices(promise: Promise) -> str:
    """What the customer may do now. An order can be changed or cancelled; any promise can be talked about."""
    choices = [_("Wait: you need not do anything.")]
    if promise.kind in (Promise.Kind.DELIVERY, Promise.Kind.SHIPPING):
        choices.append(_("Change it: choose another item, date or address."))
        choices.append(_("Cancel it: we refund what you paid."))
    choices.append(_("Talk to a person: reply to this message, and one of us will answer."))
    return "\n".join([_("You may choose:"), *(_("- %(choice)s") % {"choice": choice} for choice in choices)])


def promise_link(promise: Promise) -> str:
    """The public page of a promise."""
    return f"{settings.PUBLIC_URL}/p/{promise.token}"


def _date(moment: datetime, by_day: bool, language: str) -> str:
    zone = business().zone
    return (
        letter_day(moment.astimezone(zone).date(), language)
        if by_day
        else letter_moment(moment, zone, language)
    )
