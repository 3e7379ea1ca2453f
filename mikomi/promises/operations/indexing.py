"""Letting promises be found by their own words, in the transaction that writes them.

Most promises come from orders and have no words: they are found by their customer and order, and cost nothing here.
"""

from __future__ import annotations

from collections.abc import Iterable

from mikomi.core.search import operations as search
from mikomi.promises.models import Promise

KIND = "promise"


def index_words(promises: Iterable[Promise]) -> None:
    """Index these by what was said, in place of what was said before; those without words are left out."""
    if spoken := [row for row in promises if row.statement.strip()]:
        search.index([_entry(row) for row in spoken])


def _entry(row: Promise) -> search.Entry:
    return search.Entry(
        kind=KIND,
        object_id=row.pk,
        customer_id=row.customer_id,
        team_id=row.team_id,
        title=row.statement,
        text="",
        moment=row.made_at,
    )
