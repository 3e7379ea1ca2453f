"""The fields that a template may name, with their labels. A field without a value is filled in by a person."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

FIELDS = {
    "customer.greeting": _("greeting with the customer's name"),
    "customer.name": _("the customer's name"),
    "business.name": _("the name of the business"),
    "agent.name": _("the name of who answers"),
    "conversation.subject": _("the subject of the conversation"),
    "today": _("today's date"),
    "answer.due": _("when the answer is owed"),
    "order.name": _("order number"),
    "order.carrier": _("carrier"),
    "order.tracking": _("tracking number"),
    "promise.due": _("promised date"),
    "promise.new_due": _("new date"),
    "delay.reason": _("reason of the delay"),
    "slip.what": _("what will be late"),
    "slip.facts": _("what was promised, the reason and the new date"),
    "slip.choices": _("what the customer may choose"),
    "recovery.cause": _("what happened"),
    "recovery.remedy": _("what we give to make good"),
    "recovery.prevention": _("what we change"),
    "refund.amount": _("refunded amount"),
    "return.address": _("address for returns"),
    "product.restock": _("when it is in stock again"),
    "limit.reason": _("reason why we can't"),
    "limit.alternative": _("what we can do instead"),
    "link.confirm": _("link to say whether it is solved"),
    "link.promise": _("link to the promise"),
}


def labels(language: str) -> Mapping[str, str]:
    """The label of each field in a language: what stands in 【 】 until it is filled in."""
    with override(language):
        return {name: str(label) for name, label in FIELDS.items()}
