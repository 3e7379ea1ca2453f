"""What customers say to the registries below them, once at start-up."""

from __future__ import annotations

from mikomi.core.access.rules import Permission
from mikomi.core.search import kinds
from mikomi.customers import indexing


def register() -> None:
    """Called by the app's `ready`."""
    kinds.register(indexing.KIND, Permission.CUSTOMERS_VIEW)
