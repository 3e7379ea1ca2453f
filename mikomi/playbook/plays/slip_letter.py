"""The words of the notice that a promise slips: honest reason, new date, what the customer may choose."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from mikomi.conversations.queries import fill_text
from mikomi.conversations.wording import in_language
from mikomi.core.business.queries import business
from mikomi.core.letter_dates import letter_day, letter_moment
from mikomi.core.names import address_name, greeting
from mikomi.customers.naming import name_of
from mikomi.promises.models import Promise, Slip

TEMPLATE = "slip_notice"
"""The business edits its words in Settings › Templates."""

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
    Promise.Kind.BOOKING: pgettext_lazy("what we promised", "your booking"),
}
_SOMETHING = pgettext_lazy("what we promised", "what we promised you")


@dataclass(frozen=True, slots=True)
class Letter:
    """A notice, ready for the outbox. `gaps`: places that a person has to fill in first: facts that can't be said."""

    subject: str
    text: str
    gaps: tuple[str, ...] = ()


def slip_letter(slips: Sequence[Slip]) -> Letter:
    """The notice of one or several slips to one customer, in their language: the business's own words around the
    facts."""
    person = slips[0].promise.person
    with in_language(person.language):
        values = {
            "customer.greeting": greeting(name_of(person), person.language),
            "customer.name": address_name(name_of(person), person.language),
            "business.name": business().name,
            "slip.what": _what(slips),
            "slip.facts": "\n\n".join(_facts(slip, len(slips) > 1) for slip in slips),
            "slip.choices": _choices({slip.promise.kind for slip in slips}),
        }
    filled = fill_text(key=TEMPLATE, language=person.language, values=values)
    return Letter(filled.subject, filled.text, tuple(filled.unfilled))


def _what(slips: Sequence[Slip]) -> str:
    if len(slips) > 1:
        return _("%(count)s of our promises to you") % {"count": len(slips)}
    return _named(slips[0].promise)


def _named(promise: Promise) -> str:
    return str(_WHAT.get(Promise.Kind(promise.kind), _SOMETHING))


def _facts(slip: Slip, is_one_of_several: bool) -> str:
    promise, language = slip.promise, slip.promise.person.language
    told = [_("■ %(what)s") % {"what": _named(promise)}] if is_one_of_several else []
    if promise.statement:
        told.append(_("What we had said: %(statement)s") % {"statement": promise.statement})
    told.append(_("Reason: %(reason)s") % {"reason": REASONS.get(slip.reason, UNKNOWN_REASON)})
    told.append(_("Promised: %(date)s") % {"date": _date(promise.deadline, promise.by_day, language)})
    if slip.expected_at is not None:
        told.append(_("Now expected: %(date)s") % {"date": _date(slip.expected_at, promise.by_day, language)})
    else:
        told.append(_("We will tell you the new date as soon as we know it."))
    told.append(_("Here you always see where it stands:\n%(link)s") % {"link": promise_link(promise)})
    return "\n".join(told)


def _choices(kinds: Collection[str]) -> str:
    """What the customer may do now. An order can be changed or cancelled; any promise can be talked about."""
    choices = [_("Wait: you need not do anything.")]
    if not {Promise.Kind.DELIVERY, Promise.Kind.SHIPPING}.isdisjoint(kinds):
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
