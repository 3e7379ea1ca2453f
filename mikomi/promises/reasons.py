"""Why terms changed or a promise slips: short codes with words for people. An unknown code shows no reason."""

from __future__ import annotations

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _

REASONS: dict[str, LazyText | str] = {
    "carrier_delay": _("delay at the carrier"),
    "weather": _("weather or a natural disaster"),
    "out_of_stock": _("out of stock"),
    "supplier_delay": _("delay at our supplier"),
    "production": _("making it takes longer"),
    "our_mistake": _("a mistake of ours"),
    "information": _("wrong information"),
    "payment_pending": _("the payment has not arrived yet"),
    "customer_request": _("at your request"),
    "cancelled": _("the order was cancelled"),
}


def reason_label(code: str) -> str:
    """The words for a code; empty for an unknown one."""
    return str(REASONS.get(code, ""))
