"""What past cases teach: quantiles of taken ÷ promised time, by kind and by group."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter

from django.db import transaction

from mikomi.core import bulk, clock
from mikomi.promises.bench import groups_of
from mikomi.promises.models import Comparable, Promise

REMEMBERED = timedelta(days=540)
"""Older cases say little about how long things take today."""
STEPS = 20
NEVER = 99.0
"""The share of a case whose first due time passed and which was not met: later than anything that was."""


def refresh_comparables() -> int:
    """Compute the quantiles anew; returns the number of groups.

    Cases enter when their first due time has passed, met or not: counting only those that have ended would show
    the quick ones first. Withdrawn ones are left out. Reading happens outside the transaction that writes.
    """
    now = clock.now()
    rows = [row for kind, group in _groups(now) for row in _of_kind(kind, group, now)]
    with transaction.atomic():
        Comparable.objects.all().delete()
        bulk.insert(rows)
    return len(rows)


def _groups(now: datetime) -> Iterator[tuple[str, Iterator[tuple[str, str, float | None]]]]:
    found = (
        Promise.objects.filter(first_due_at__lte=now, first_due_at__gt=now - REMEMBERED)
        .exclude(state=Promise.State.WITHDRAWN)
        .order_by("kind", "group_key")
        .values_list("kind", "group_key", "taken_share")
    )
    yield from groupby(found.iterator(chunk_size=5000), key=itemgetter(0))


def _of_kind(kind: str, cases: Iterator[tuple[str, str, float | None]], now: datetime) -> list[Comparable]:
    """The rows of a kind: each group counts for the wider ones too, at last for the whole kind."""
    shares: defaultdict[str, array[float]] = defaultdict(lambda: array("d"))
    for group, members in groupby(cases, key=itemgetter(1)):
        own = array("d", (NEVER if share is None else share for _kind, _group, share in members))
        for wider in groups_of(group):
            shares[wider].extend(own)
    return [_row(kind, group, sorted(found), now) for group, found in shares.items()]


def _row(kind: str, group: str, shares: list[float], now: datetime) -> Comparable:
    return Comparable(
        kind=kind, group_key=group, count=len(shares), shares=quantiles(shares), computed_at=now
    )


def quantiles(ascending: list[float]) -> list[float]:
    """The quantiles 0, 1/20 … 1 of sorted values, linear between neighbours."""
    last = len(ascending) - 1
    result = []
    for step in range(STEPS + 1):
        place = last * step / STEPS
        low = int(place)
        high = min(low + 1, last)
        result.append(round(ascending[low] + (ascending[high] - ascending[low]) * (place - low), 5))
    return result
