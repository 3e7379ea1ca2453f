"""The words and the way of the one act that helps most to save a promise, and of what makes it harder to keep."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mikomi.promises.rules.circumstances import Circumstances
from mikomi.screens.saving import ToSave
from mikomi.web.words import Sign

ACTS = {
    "release_notice": Sign(gettext_lazy("Release the notice"), "send"),
    "order_stock": Sign(gettext_lazy("Order stock"), "package-plus"),
    "ask_terms": Sign(gettext_lazy("Ask for new terms"), "calendar-sync"),
    "ship": Sign(gettext_lazy("Ship now"), "truck"),
    "hand_over": Sign(gettext_lazy("Hand over"), "users"),
    "call": Sign(gettext_lazy("Call"), "phone"),
    "answer": Sign(gettext_lazy("Answer"), "reply"),
    "ask_carrier": Sign(gettext_lazy("Ask the carrier"), "truck"),
    "do": Sign(gettext_lazy("Do it now"), "check"),
}
_REASONS = {
    "no_stock": gettext_lazy("goods are missing, and nobody knows when they come"),
    "stock_later": gettext_lazy("goods are missing until they arrive"),
    "queue": gettext_lazy("more work than usual is due before it"),
    "few_staff": gettext_lazy("fewer colleagues than usual are at work until then"),
    "slips_told": gettext_lazy("the estimate lies after the promised date; the customer knows"),
    "slips_untold": gettext_lazy("the estimate lies after the promised date; the customer does not know yet"),
    "due_soon": gettext_lazy("it is due soon"),
    "asked": gettext_lazy("the customer has been asked about new terms"),
    "slow": gettext_lazy("comparable cases took too long from here"),
}


def why(one: ToSave) -> str:
    """The reasons in one line, the weightiest first."""
    words = [str(_REASONS[code]) for code in one.advice.reasons[:2]]
    if one.missing and one.advice.reasons[0] in ("no_stock", "stock_later"):
        words[0] = ngettext("%(num)s piece is missing", "%(num)s pieces are missing", one.missing) % {
            "num": one.missing
        }
    return " · ".join(words)


def href(one: ToSave) -> str:
    """Where the act is done."""
    return _WAYS.get(one.advice.act, _promise)(one)


def _promise(one: ToSave) -> str:
    return reverse("promise", args=[one.row.id])


def _notice(one: ToSave) -> str:
    return reverse("outgoing", args=[one.held_notice_id]) if one.held_notice_id else _promise(one)


def _product(one: ToSave) -> str:
    return reverse("product", args=[one.product_id]) if one.product_id else _promise(one)


def _order(one: ToSave) -> str:
    return reverse("order", args=[one.order_id]) if one.order_id else _promise(one)


def _customer(one: ToSave) -> str:
    return reverse("customer", args=[one.row.customer.id]) if one.row.customer else _promise(one)


_WAYS: dict[str, Callable[[ToSave], str]] = {
    "release_notice": _notice,
    "order_stock": _product,
    "ship": _order,
    "ask_carrier": _order,
    "call": _customer,
    "ask_terms": lambda one: f"{_promise(one)}#terms",
    "hand_over": lambda one: f"{_promise(one)}#keeper",
}


def harder(around: Circumstances) -> list[str]:
    """What makes a promise harder to keep than comparable cases, in sentences with their numbers."""
    return [_sentence(code, around) for code in around.reasons]


def _sentence(code: str, around: Circumstances) -> str:
    if around.shortage is not None and code in ("no_stock", "stock_later"):
        missing = around.shortage.missing
        words = ngettext("%(num)s piece is missing", "%(num)s pieces are missing", missing) % {"num": missing}
        return f"{words}: {_REASONS[code]}" if code == "no_stock" else words
    if around.load is None or around.habit is None:
        return str(_REASONS[code])
    if code == "queue":
        numbers = {"now": round(around.load.ahead), "usual": round(around.habit.usual.ahead)}
        return _("%(now)s promises are due before it, usually %(usual)s.") % numbers
    return str(_REASONS[code])
