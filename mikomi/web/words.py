"""The words, icons and tones of states, severities, channels and steps: one table each, read by the macros.

Words are lazy: they are said in the language of the page that shows them.
"""

from __future__ import annotations

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Sign(NamedTuple):
    """How a value is shown: never by colour alone."""

    word: str | Promise
    icon: str
    tone: str | None = None  # "kept", "risk", "broken", "action"; none is grey


PROMISE_STATES = {
    "open": Sign(pgettext_lazy("promise", "Open"), "circle-dashed", "action"),
    "at_risk": Sign(pgettext_lazy("promise", "At risk"), "triangle-alert", "risk"),
    "broken": Sign(pgettext_lazy("promise", "Broken"), "circle-x", "broken"),
    "recovering": Sign(pgettext_lazy("promise", "In recovery"), "heart-handshake", "risk"),
    "recovered": Sign(pgettext_lazy("promise", "Recovered"), "heart-handshake", "kept"),
    "kept": Sign(pgettext_lazy("promise", "Kept"), "circle-check", "kept"),
    "exceeded": Sign(pgettext_lazy("promise", "Exceeded"), "sparkles", "kept"),
    "renegotiated": Sign(pgettext_lazy("promise", "Renegotiated"), "calendar-sync"),
    "withdrawn": Sign(pgettext_lazy("promise", "Withdrawn"), "circle-slash"),
}
CONVERSATION_STATES = {
    "open": Sign(pgettext_lazy("conversation", "Open"), "circle-dot", "action"),
    "waiting": Sign(pgettext_lazy("conversation", "Waiting for the customer"), "hourglass"),
    "snoozed": Sign(pgettext_lazy("conversation", "Snoozed"), "alarm-clock"),
    "closed": Sign(pgettext_lazy("conversation", "Closed"), "circle-check"),
}
SEVERITIES = {
    "urgent": Sign(pgettext_lazy("severity", "Urgent"), "circle-alert", "broken"),
    "high": Sign(pgettext_lazy("severity", "High"), "chevrons-up", "risk"),
    "normal": Sign(pgettext_lazy("severity", "Normal"), "equal"),
    "low": Sign(pgettext_lazy("severity", "Low"), "chevron-down"),
}
CHANNELS = {
    "email": Sign(_("E-mail"), "mail"),
    "webform": Sign(_("Web form"), "square-pen"),
    "chat": Sign(_("Chat"), "message-circle"),
    "phone": Sign(_("Telephone"), "phone"),
    "sms": Sign(_("SMS"), "message-square-text"),
    "line": Sign(_("LINE"), "message-circle"),
    "social": Sign(_("Social media"), "at-sign"),
    "review": Sign(_("Review"), "star"),
    "visit": Sign(_("Store visit"), "store"),
    "api": Sign(_("API"), "code"),
    "note": Sign(_("Note"), "sticky-note"),
}
TRENDS = {
    "up": Sign(_("up"), "trending-up"),
    "down": Sign(_("down"), "trending-down"),
    "flat": Sign(_("unchanged"), "minus"),
}
WRITINGS = {"reply": (_("Reply"), "reply", "r"), "note": (_("Note"), "sticky-note", "n")}
"""What can be written into the composer: word, icon, key."""

RESOLUTION_STEPS = (
    pgettext_lazy("step", "Acknowledge"),
    pgettext_lazy("step", "Explain"),
    pgettext_lazy("step", "Offer"),
    pgettext_lazy("step", "Follow up"),
    pgettext_lazy("step", "Confirm"),
    pgettext_lazy("step", "Prevent"),
)
