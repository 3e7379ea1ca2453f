"""What customers say to the registries, once at start-up."""

from __future__ import annotations

from datetime import timedelta

from mikomi.core import exports
from mikomi.core.access.actor import SYSTEM
from mikomi.core.access.rules import Permission
from mikomi.core.search import kinds
from mikomi.core.work import registry as work
from mikomi.customers import erasure, indexing, operations, portability
from mikomi.customers.exports import EXPORTS
from mikomi.customers.operations import privacy
from mikomi.customers.segments.own_fields import register_own


def register() -> None:
    """Called by the app's `ready`."""
    kinds.register(indexing.KIND, Permission.CUSTOMERS_VIEW)
    exports.register(*EXPORTS)
    erasure.register("customers", privacy.erase_own)
    portability.register("customer", privacy.own_data)
    register_own()
    work.schedule("customers.segments", timedelta(hours=1), operations.refresh_due)
    work.schedule("customers.duplicates", timedelta(days=1), find_duplicates)


def find_duplicates() -> int:
    """The nightly search for records that may be one person."""
    return operations.find_duplicates(actor=SYSTEM)
