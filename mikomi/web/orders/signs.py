"""The words, icons and tones of orders."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mikomi.web.words import Sign

STATES = {
    "unfulfilled": Sign(pgettext_lazy("order", "Not shipped"), "package"),
    "partial": Sign(pgettext_lazy("order", "Partly shipped"), "package-open", "action"),
    "shipped": Sign(pgettext_lazy("order", "Under way"), "truck", "action"),
    "delivered": Sign(pgettext_lazy("order", "Delivered"), "package-check", "kept"),
    "cancelled": Sign(pgettext_lazy("order", "Cancelled"), "package-x"),
}
LATE = Sign(pgettext_lazy("order", "Late"), "alarm-clock", "broken")
VIEWS = {
    "all": pgettext_lazy("orders", "All"),
    "to_ship": pgettext_lazy("orders", "Not shipped"),
    "under_way": pgettext_lazy("orders", "Under way"),
    "late": pgettext_lazy("orders", "Late"),
    "cancelled": pgettext_lazy("orders", "Cancelled"),
}
MILESTONES = {
    "ordered": Sign(_("Ordered"), "shopping-cart"),
    "promised": Sign(_("Promised for"), "handshake"),
    "estimated": Sign(_("Expected"), "clock"),
    "shipped": Sign(_("Shipped"), "truck"),
    "delivered": Sign(_("Delivered"), "package-check"),
    "cancelled": Sign(_("Cancelled"), "package-x"),
}
