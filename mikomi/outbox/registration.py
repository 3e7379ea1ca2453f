"""What the outbox says to the registries below it, once at start-up."""

from __future__ import annotations

from mikomi.core import exports
from mikomi.core.work import registry
from mikomi.customers import erasure, portability
from mikomi.outbox.exports import EXPORTS
from mikomi.outbox.operations import free_claims_of_dead, privacy


def register() -> None:
    """Called by the app's `ready`."""
    exports.register(*EXPORTS)
    erasure.register("outbox", privacy.erase)
    portability.register("sent", privacy.export)
    registry.on_dead_worker("outbox", free_claims_of_dead)
