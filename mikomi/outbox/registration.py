"""What the outbox says to the registries below it, once at start-up."""

from __future__ import annotations

from mikomi.core.work import registry
from mikomi.outbox.operations import free_claims_of_dead


def register() -> None:
    """Called by the app's `ready`."""
    registry.on_dead_worker("outbox", free_claims_of_dead)
