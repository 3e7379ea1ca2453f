"""Words, icons and tones of facts, checks and contradictions."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mikomi.web.words import Sign

KINDS = {
    "price": Sign(pgettext_lazy("kind of fact", "price"), "tag"),
    "hours": Sign(pgettext_lazy("kind of fact", "opening hours"), "clock"),
    "phone": Sign(pgettext_lazy("kind of fact", "telephone number"), "phone"),
    "lead": Sign(pgettext_lazy("kind of fact", "lead time"), "truck"),
    "spec": Sign(pgettext_lazy("kind of fact", "specification"), "ruler"),
    "stock": Sign(pgettext_lazy("kind of fact", "stock"), "package"),
    "discontinued": Sign(pgettext_lazy("kind of fact", "discontinued"), "package-x"),
    "text": Sign(pgettext_lazy("kind of fact", "free text"), "type"),
}
STATES = {
    "current": Sign(pgettext_lazy("fact", "valid"), "circle-check", "kept"),
    "expired": Sign(pgettext_lazy("fact", "expired"), "calendar-x", "broken"),
    "not_yet": Sign(pgettext_lazy("fact", "not valid yet"), "calendar-clock", "risk"),
    "archived": Sign(pgettext_lazy("fact", "no longer in use"), "archive"),
}
VIEWS = {
    "all": pgettext_lazy("facts", "All"),
    "contradicted": pgettext_lazy("facts", "Contradicted"),
    "expired": pgettext_lazy("facts", "Expired"),
    "review": pgettext_lazy("facts", "To be reviewed"),
    "fed": pgettext_lazy("facts", "Fed"),
    "archived": pgettext_lazy("facts", "No longer in use"),
}
WHAT = {
    "wrong": Sign(pgettext_lazy("contradiction", "something else is said"), "equal-not"),
    "dead_product": Sign(pgettext_lazy("contradiction", "a discontinued product is offered"), "package-x"),
    "dead_link": Sign(pgettext_lazy("contradiction", "a link leads nowhere"), "unlink"),
    "broken_quote": Sign(pgettext_lazy("contradiction", "a fact is quoted that can't be said"), "quote"),
}
SEVERITIES = {
    "high": Sign(pgettext_lazy("severity of a contradiction", "serious"), "triangle-alert", "broken"),
    "normal": Sign(pgettext_lazy("severity of a contradiction", "ordinary"), "circle-alert", "risk"),
    "low": Sign(pgettext_lazy("severity of a contradiction", "slight"), "info"),
}
CONTRADICTION_STATES = {
    "open": pgettext_lazy("contradiction", "open"),
    "ignored": pgettext_lazy("contradiction", "left as it is"),
    "closed": pgettext_lazy("contradiction", "settled"),
}
CHECK_STATES = {
    "running": Sign(pgettext_lazy("check", "being read"), "loader", "action"),
    "done": Sign(pgettext_lazy("check", "read"), "circle-check", "kept"),
    "stopped": Sign(pgettext_lazy("check", "stopped"), "circle-stop"),
}
EXAMPLES = {
    "money": _("For example ¥1,980 (tax included)."),
    "phone": _("For example 03-1234-5678."),
    "hours": _("For example Mon–Fri 10:00–19:00, Sat 10:00–17:00, Sun closed. Several lines are fine."),
    "duration": _("For example 3–5 business days, or within 24 hours."),
    "number": _("For example 350 g."),
    "date": _("For example 2026-11-22."),
    "yes_no": _("Yes or no."),
    "text": _("The words themselves; below they can be said in each language."),
}
TYPES = {
    "money": pgettext_lazy("type of value", "money"),
    "phone": pgettext_lazy("type of value", "telephone number"),
    "hours": pgettext_lazy("type of value", "opening hours"),
    "duration": pgettext_lazy("type of value", "duration"),
    "number": pgettext_lazy("type of value", "number and unit"),
    "date": pgettext_lazy("type of value", "date"),
    "yes_no": pgettext_lazy("type of value", "yes or no"),
    "text": pgettext_lazy("type of value", "text"),
}
