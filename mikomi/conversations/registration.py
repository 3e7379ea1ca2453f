"""What the desk says to the registries below it, once at start-up."""

from __future__ import annotations

from datetime import timedelta

from mikomi.conversations.operations import handling, recovery
from mikomi.conversations.operations.indexing import KIND
from mikomi.core.access.rules import Permission
from mikomi.core.search import kinds
from mikomi.core.work import registry


def register() -> None:
    """Called by the app's `ready`."""
    kinds.register(KIND, Permission.CONVERSATIONS_VIEW)
    registry.duty("wake snoozed conversations", timedelta(seconds=20), "quick", handling.wake_snoozed)
    registry.duty("follow-ups due", timedelta(seconds=60), "quick", recovery.follow_ups_due)
    registry.duty("erase deleted conversations", timedelta(hours=1), "quick", handling.erase_deleted)
