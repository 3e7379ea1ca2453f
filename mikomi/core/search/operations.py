"""Writing the search index, in the transaction of the rows that it tells of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from mikomi.core import bulk, text
from mikomi.core.rows import build
from mikomi.core.search import kinds
from mikomi.core.search.models import SearchEntry

LONGEST_TITLE = 300
LONGEST_TEXT = 40_000
"""Characters of a text that are indexed: twelve pages; the rest of a longer one is not found."""
_COLUMNS = ("customer_id", "team_id", "title", "moment", "tokens")


@dataclass(frozen=True, slots=True)
class Entry:
    """A findable thing: `kind` and `object_id` name it, `text` is what it is found by (with its title).

    `team_id` none: everybody may find it who may see the kind.
    """

    kind: str
    object_id: int
    customer_id: int | None
    team_id: int | None
    title: str
    text: str
    moment: datetime


def index(entries: Sequence[Entry], *, are_new: bool = False) -> None:
    """Add these entries, or put them in place of what stood there. Two queries more than there are kinds.

    `are_new`: the things were made in this transaction, so nothing stands there yet and nothing is looked up.
    Raises `UnknownKindError` for a kind that nobody registered.
    """
    newest = {(entry.kind, entry.object_id): entry for entry in entries}
    kinds.require_known({kind for kind, _ in newest})
    known = {} if are_new else _known(newest)
    fresh: list[SearchEntry] = []
    changed: list[SearchEntry] = []
    for key, entry in newest.items():
        row = _row(entry)
        row.pk = known.get(key)
        (fresh if row.pk is None else changed).append(row)
    with transaction.atomic(savepoint=False):
        bulk.insert(fresh)
        bulk.update(changed, _COLUMNS)


def _known(keys: Iterable[tuple[str, int]]) -> dict[tuple[str, int], int]:
    """The row of each key that is in the index already."""
    by_kind: dict[str, list[int]] = {}
    for kind, object_id in keys:
        by_kind.setdefault(kind, []).append(object_id)
    found = {}
    for kind, ids in by_kind.items():
        rows = SearchEntry.objects.filter(kind=kind, object_id__in=ids).values_list("object_id", "id")
        found.update({(kind, object_id): row_id for object_id, row_id in rows})
    return found


def _row(entry: Entry) -> SearchEntry:
    words = text.tokens(f"{entry.title}\n{entry.text[:LONGEST_TEXT]}", fold_kana=True)
    write = text.tsvector_literal if connection.vendor == "postgresql" else text.fts5_document
    return build(
        SearchEntry,
        kind=entry.kind,
        object_id=entry.object_id,
        customer_id=entry.customer_id,
        team_id=entry.team_id,
        title=text.clean_single_line(entry.title, LONGEST_TITLE),
        moment=entry.moment,
        tokens=write(words),
    )


@transaction.atomic
def remove(kind: str, ids: Sequence[int]) -> None:
    """Take these out of the index; what isn't there is left as it is."""
    if ids:
        SearchEntry.objects.filter(kind=kind, object_id__in=list(ids)).delete()


def remove_customers(customer_ids: Sequence[int]) -> None:
    """Take everything of these customers out of the index: they are being erased."""
    SearchEntry.objects.filter(customer_id__in=list(customer_ids)).delete()


@transaction.atomic
def move_to_team(kind: str, ids: Sequence[int], team_id: int | None) -> None:
    """Change who may find these, without indexing their text anew."""
    SearchEntry.objects.filter(kind=kind, object_id__in=list(ids)).update(team_id=team_id)
