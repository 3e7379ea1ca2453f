"""What the ledger says to the registries below it, once at start-up."""

from __future__ import annotations

from datetime import timedelta

from mikomi.core.work import registry
from mikomi.promises import operations


def register() -> None:
    """Called by the app's `ready`."""
    registry.duty("promises.look", timedelta(seconds=10), "quick", _look)
    registry.schedule("promises.comparables", timedelta(days=1), operations.refresh_comparables)


def _look(worker: str) -> int:
    return operations.look(worker=worker)
