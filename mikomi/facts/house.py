"""The feed of the business's own settings: opening hours, and how soon it ships."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from mikomi.core.business.models import OpeningHours
from mikomi.core.business.queries import business, hours
from mikomi.facts.feeds import Feed
from mikomi.facts.records import FedFact
from mikomi.facts.rules.values import Duration, Hours


def house_facts() -> Iterator[FedFact]:
    """What the settings say; nothing before they are set."""
    found = business()
    with override(found.language):
        if OpeningHours.objects.exists():
            week = hours()
            value = Hours(tuple(tuple(week[day]) for day in range(7)))
            yield FedFact("hours.main", "hours", _("Opening hours"), value, aspect="main")
        if found.ship_within_days:
            value_of = Duration(0, found.ship_within_days, "working_days")
            yield FedFact("lead.shipping", "lead", _("Ships within"), value_of, aspect="shipping")


FEED = Feed("business", gettext_lazy("the business's settings"), house_facts)
