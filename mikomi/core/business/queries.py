"""Reads about the business: itself, its calendar, its stores and teams."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet

from mikomi.core.business.models import Business, Store, Team


class NotSetUpError(RuntimeError):
    """The business has no row yet: the first-run page comes first."""


def business() -> Business:
    """The business of this installation; an unsaved one with the defaults before the first run."""
    return Business.objects.order_by("id").first() or Business(
        name="", time_zone=settings.DEFAULT_BUSINESS_ZONE, language=settings.LANGUAGE_CODE
    )


def zone() -> ZoneInfo:
    """The zone in which the business's days begin and end."""
    return ZoneInfo(business().time_zone)


def stores() -> QuerySet[Store]:
    """Every store, by name."""
    return Store.objects.order_by("name", "id")


def teams() -> QuerySet[Team]:
    """Every team, by name."""
    return Team.objects.order_by("name", "id")
