"""Time passing, looked at: the sweep that notices what the clock alone has changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from mikomi.core import clock
from mikomi.core.business import queries as business_queries
from mikomi.promises.assessing import load_cases
from mikomi.promises.bench import OPEN
from mikomi.promises.models import Promise
from mikomi.promises.operations.observing import settle
from mikomi.promises.queries.scores import open_scores

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


def reconsider() -> int:
    """Score every open promise but internal ones and those in working time, and look at those whose chance has crossed
    the threshold because of what stands around them: goods, other work, colleagues. Returns how many were looked at.

    Scoring reads by key and holds no lock; only crossings are written, a CHUNK to a transaction.
    """
    now, threshold = clock.now(), business_queries.business().at_risk_from
    crossed = [
        key
        for key, state, risk in open_scores(now=now)
        if (risk >= threshold) != (state == Promise.State.AT_RISK)
    ]
    return _look_again(crossed, now)


def look_again(promise_ids: Sequence[int]) -> int:
    """Look at these promises at once: what they need has changed. What is decided is left as it is."""
    return _look_again(promise_ids, clock.now())


def _look_again(ids: Sequence[int], now: datetime) -> int:
    looked = 0
    for start in range(0, len(ids), CHUNK):
        with transaction.atomic():
            rows = Promise.objects.select_for_update(skip_locked=True)
            promises = list(rows.filter(pk__in=ids[start : start + CHUNK], state__in=OPEN).order_by("pk"))
            if promises:
                settle(list(load_cases(promises).values()), now)
            looked += len(promises)
    return looked
