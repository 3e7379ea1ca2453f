"""What the integrations add to the registries below them, once at start-up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta


def register() -> None:
    """Called by the app's `ready`."""
    from mikomi.core import exports as core_exports
    from mikomi.core.files import references
    from mikomi.core.work import registry as work
    from mikomi.customers import erasure
    from mikomi.integrations import erasing, exports
    from mikomi.integrations.imports import keeping
    from mikomi.integrations.shopify import applying

    core_exports.register(*exports.EXPORTS)
    references.register("integrations", files_in_use)
    erasure.register("integrations", erasing.erase)
    work.duty("shops.apply", timedelta(seconds=5), "quick", applying.apply_due, on_change=True)
    work.schedule("shops.prune", timedelta(days=1), applying.prune)
    work.schedule("imports.prune", timedelta(days=1), keeping.prune)


def files_in_use(file_ids: Sequence[int]) -> Iterable[int | None]:
    """The stored files that are imports or calls of shops."""
    from mikomi.integrations.models import ImportJob, ShopCall

    yield from ImportJob.objects.filter(file_id__in=file_ids).values_list("file_id", flat=True)
    yield from ShopCall.objects.filter(raw_id__in=file_ids).values_list("raw_id", flat=True)
