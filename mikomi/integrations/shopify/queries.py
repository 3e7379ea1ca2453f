"""Reading the shops that call us."""

from __future__ import annotations

from django.db.models import QuerySet

from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.paging import Page, keyset
from mikomi.integrations.models import ShopCall, ShopConnection


def connections(*, actor: Actor) -> QuerySet[ShopConnection]:
    """All connected shops."""
    actor.require(Permission.SETTINGS_MANAGE)
    return ShopConnection.objects.select_related("store").order_by("name", "id")


def failed_calls(*, actor: Actor, cursor: str | None = None) -> Page[ShopCall]:
    """Calls that could not be applied, the newest first."""
    actor.require(Permission.SETTINGS_MANAGE)
    failed = ShopCall.objects.filter(state=ShopCall.State.FAILED).select_related("connection")
    return keyset(failed, ["-id"], cursor, 30)
