"""What the ledger says to the registries below it, once at start-up."""

from __future__ import annotations

from datetime import timedelta

from mikomi.core import exports as core_exports
from mikomi.core.access.rules import Permission
from mikomi.core.search import kinds
from mikomi.core.work import registry
from mikomi.customers import erasure, portability
from mikomi.promises import exports, operations
from mikomi.promises.operations import indexing, privacy


def register() -> None:
    """Called by the app's `ready`."""
    core_exports.register(*exports.EXPORTS)
    kinds.register(indexing.KIND, Permission.PROMISES_VIEW)
    erasure.register("promises", privacy.erase)
    portability.register("promises", privacy.export)
    registry.duty("promises.look", timedelta(seconds=10), "quick", _look)
    registry.duty("promises.notices", timedelta(seconds=15), "quick", operations.notices_due)
    registry.schedule("promises.claims", timedelta(hours=1), operations.feed_claims)
    registry.schedule("promises.quote_models", timedelta(days=1), operations.refresh_quote_models)
    registry.schedule("promises.quotes_kept", timedelta(hours=6), operations.settle_quotes)
    registry.schedule("promises.comparables", timedelta(days=1), operations.refresh_comparables)
    registry.schedule("promises.workloads", timedelta(days=1), operations.refresh_workloads)
    registry.schedule("promises.risks", timedelta(minutes=10), operations.reconsider)


def _look(worker: str) -> int:
    return operations.look(worker=worker)
