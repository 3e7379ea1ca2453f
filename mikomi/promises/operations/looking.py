"""Time passing, looked at: the sweep that notices what the clock alone has changed."""

from __future__ import annotations

from django.db import transaction

from mikomi.core import clock
from mikomi.promises.assessing import load_cases
from mikomi.promises.models import Promise
from mikomi.promises.operations.observing import settle

CHUNK = 100
"""Promises per transaction: some 50 ms of write lock here (docs/measurements.md)."""


def look(*, worker: str = "") -> int:
    """Look at the promises whose next look is due: a chunk of them, the longest waiting first.

    Records at risk, safe and broken (as of its due time). Several workers may do it at once: the rows are locked,
    and those that another one holds are left to it. Returns how many were looked at; call again while above 0.
    """
    now = clock.now()
    if not Promise.objects.filter(look_at__lte=now).exists():
        return 0
    with transaction.atomic():
        due = Promise.objects.select_for_update(skip_locked=True).filter(look_at__lte=now)
        promises = list(due.order_by("look_at", "pk")[:CHUNK])
        if promises:
            settle(list(load_cases(promises).values()), now)
    return len(promises)
