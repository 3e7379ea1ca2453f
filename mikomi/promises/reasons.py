"""Why terms changed or a promise slips: short codes with words for people. An unknown code shows no reason."""

from __future__ import annotations

from django.utils.functional import Promise as LazyText
from django.utils.translation import pgettext_lazy

REASONS: dict[str, LazyText | str] = {
    "carrier_delay": pgettext_lazy("reason", "delay at the carrier"),
    "weather": pgettext_lazy("reason", "weather or a natural disaster"),
    "out_of_stock": pgettext_lazy("reason", "out of stock"),
    "supplier_delay": pgettext_lazy("reason", "delay at our supplier"),
    "production": pgettext_lazy("reason", "making it takes longer"),
    "our_mistake": pgettext_lazy("reason", "a mistake of ours"),
    "information": pgettext_lazy("reason", "wrong information"),
    "payment_pending": pgettext_lazy("reason", "the payment has not arrived yet"),
    "customer_request": pgettext_lazy("reason", "at your request"),
    "cancelled": pgettext_lazy("reason", "the order was cancelled"),
}


def reason_label(code: str) -> str:
    """The words for a code; empty for an unknown one."""
    return str(REASONS.get(code, ""))
