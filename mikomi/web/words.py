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
CLAIM_OUTCOMES = {
    "undecided": Sign(pgettext_lazy("claim", "Undecided"), "circle-dashed", "action"),
    "kept": Sign(pgettext_lazy("claim", "Holds"), "circle-check", "kept"),
    "exceeded": Sign(pgettext_lazy("claim", "Exceeded"), "sparkles", "kept"),
    "broken": Sign(pgettext_lazy("claim", "Does not hold"), "circle-x", "broken"),
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
OUTGOING_STATES = {
    "held": Sign(pgettext_lazy("outgoing", "Waits for release"), "hand", "risk"),
    "waiting": Sign(pgettext_lazy("outgoing", "Leaves in a moment"), "clock"),
    "sending": Sign(pgettext_lazy("outgoing", "Leaving"), "send"),
    "sent": Sign(pgettext_lazy("outgoing", "Sent"), "check"),
    "uncertain": Sign(pgettext_lazy("outgoing", "Perhaps sent"), "circle-question-mark", "risk"),
    "failed": Sign(pgettext_lazy("outgoing", "Not delivered"), "circle-x", "broken"),
    "refused": Sign(pgettext_lazy("outgoing", "Not sent"), "ban", "broken"),
    "cancelled": Sign(pgettext_lazy("outgoing", "Taken back"), "undo-2"),
}
OUTGOING_REASONS = {
    "for_release": _("Waits until somebody releases it."),
    "quiet_hours": _("Waits for the end of the quiet hours."),
    "no_consent": _("The customer does not want to be contacted for this."),
    "no_address": _("There is no address to send it to."),
    "undeliverable": _("The address no longer works."),
    "weekly_cap": _("The customer has had enough messages this week."),
    "by_person": _("Decided by a person."),
    "erased": _("The customer's data was erased."),
    "restored": _("A backup was put back: it may have been sent before."),
}
PROMISE_TURNS = {
    "promise.at_risk": Sign(_("At risk: likely to break"), "triangle-alert", "risk"),
    "promise.safe": Sign(_("No longer at risk"), "shield-check"),
    "promise.kept": Sign(_("Kept"), "circle-check", "kept"),
    "promise.broken": Sign(_("Broken"), "circle-x", "broken"),
    "promise.withdrawn": Sign(_("Withdrawn"), "circle-slash"),
    "promise.terms_asked": Sign(_("The customer was asked about new terms"), "calendar-sync"),
    "promise.terms_answered": Sign(_("The customer answered about the new terms"), "message-square-reply"),
    "promise.disputed": Sign(_("The customer disputes it"), "message-circle-question-mark", "risk"),
    "promise.dispute_resolved": Sign(_("The dispute was decided"), "check"),
}
EVIDENCE = {
    "estimate": Sign(_("New estimate"), "clock"),
    "shipped": Sign(_("Shipped"), "truck"),
    "delivered": Sign(_("Delivered"), "package-check"),
    "answered": Sign(_("Answered"), "message-square-reply"),
    "called": Sign(_("Called"), "phone"),
    "done": Sign(_("Done"), "check"),
    "measured": Sign(_("Measured"), "ruler"),
    "held": Sign(_("Found to hold"), "check"),
    "surpassed": Sign(_("Found to be surpassed"), "sparkles"),
    "failed": Sign(_("Found not to hold"), "circle-x"),
}
KANO = {
    "M": pgettext_lazy("kano", "must be"),
    "O": pgettext_lazy("kano", "the more the better"),
    "A": pgettext_lazy("kano", "delights"),
    "I": pgettext_lazy("kano", "indifferent"),
    "R": pgettext_lazy("kano", "unwanted"),
    "Q": pgettext_lazy("kano", "contradictory"),
}
QUADRANTS = {
    "concentrate": pgettext_lazy("map", "Concentrate here"),
    "keep_up": pgettext_lazy("map", "Keep it up"),
    "low_priority": pgettext_lazy("map", "Low priority"),
    "overkill": pgettext_lazy("map", "Possible overkill"),
}
MEASUREMENT_SOURCES = {
    "agent": pgettext_lazy("measurement", "by hand"),
    "csv": pgettext_lazy("measurement", "file"),
    "api": pgettext_lazy("measurement", "API"),
    "desk": pgettext_lazy("measurement", "our own records"),
    "survey": pgettext_lazy("measurement", "survey"),
    "customer": pgettext_lazy("measurement", "a customer"),
}
EVIDENCE_SOURCES = {
    "customer": _("you"),
    "agent": _("our staff"),
    "channel": _("our messages"),
    "capture": _("our messages"),
    "api": _("a program of ours"),
    "import": _("our files"),
    "carrier": _("the carrier"),
    "shopify": "Shopify",
    "measurements": _("our measurements"),
}
"""Who says that something happened, for customers (`Evidence.source`)."""
STAFF_SOURCES = EVIDENCE_SOURCES | {"customer": _("the customer"), "system": "Mikomi"}
"""The same for the staff."""
FORECASTS = {
    "past_cases": _("judged by how long comparable cases took"),
    "prior": _("little is known of comparable cases yet"),
    "no_stock": _("goods that it needs are missing"),
    "estimate_late": _("the newest estimate lies after the promised date"),
    "estimate_passed": _("the newest estimate has passed"),
    "estimate_in_time": _("the newest estimate lies before the promised date"),
}
"""Why the chance of breach is what it is (`promises.rules.deadlines.Forecast.reason`)."""

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

ROLES = {
    "owner": pgettext_lazy("role", "Owner"),
    "manager": pgettext_lazy("role", "Manager"),
    "agent": pgettext_lazy("role", "Agent"),
    "marketer": pgettext_lazy("role", "Marketer"),
    "analyst": pgettext_lazy("role", "Analyst"),
}

RIGHTS = {
    "customers.view": _("See customers"),
    "customers.edit": _("Edit customers"),
    "customers.merge": _("Merge customers"),
    "customers.erase": _("Erase customers"),
    "customers.export": _("Export customers"),
    "segments.edit": _("Edit segments"),
    "conversations.view": _("Read conversations"),
    "conversations.answer": _("Answer customers"),
    "conversations.assign": _("Assign conversations"),
    "templates.edit": _("Edit templates"),
    "promises.view": _("See promises"),
    "promises.record": _("Record promises"),
    "promises.release": _("Release notices"),
    "recovery.grant": _("Grant remedies"),
    "facts.view": _("See facts"),
    "facts.edit": _("Edit facts"),
    "orders.view": _("See orders"),
    "orders.edit": _("Record orders"),
    "imports.run": _("Import files"),
    "feedback.view": _("See feedback"),
    "figures.view": _("See figures"),
    "settings.manage": _("Manage settings"),
    "users.manage": _("Manage people and rights"),
    "webhooks.manage": _("Manage webhooks"),
    "operations.view": _("See and retry background work"),
    "audit.view": _("See the access log"),
}
"""Each right of `core.access.rules.Permission` in words; a test holds that none is missing."""

DELIVERY_STATES = {
    "waiting": pgettext_lazy("delivery", "waiting"),
    "running": pgettext_lazy("delivery", "running"),
    "failed": pgettext_lazy("delivery", "failed"),
    "stopped": pgettext_lazy("delivery", "stopped"),
}
