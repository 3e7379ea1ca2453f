"""The list of customers taken out of the house, as rows for a table."""

from __future__ import annotations

from collections.abc import Iterator

from mikomi.core.access.actor import Actor
from mikomi.core.access.operations import log
from mikomi.core.access.rules import Permission
from mikomi.core.paging import LARGEST_PAGE
from mikomi.core.tables.writing import Cell
from mikomi.customers.models import Customer, Identity
from mikomi.customers.queries.lists import customers

COLUMNS = (
    "id", "family_name", "given_name", "family_kana", "given_kana", "company", "email", "phone", "language",
    "birthday", "tags", "orders", "spend_minor", "currency", "last_order", "first_seen",
)  # fmt: skip


def export_list(
    *, actor: Actor, text: str = "", segment_id: int | None = None, tag: str = ""
) -> Iterator[tuple[Cell, ...]]:
    """The rows (see COLUMNS) of the customers that fit, as `queries.customers` finds them, read while they are taken.

    Leaves a line in the access log before the first row. Raises `NotAllowedError`.
    """
    actor.require(Permission.CUSTOMERS_EXPORT)
    log("customers.list_exported", actor=actor, detail={"segment": segment_id, "searched": bool(text)})
    return _rows(actor, text, segment_id, tag)


def _rows(actor: Actor, text: str, segment_id: int | None, tag: str) -> Iterator[tuple[Cell, ...]]:
    cursor = None
    while True:
        page = customers(
            actor=actor, cursor=cursor, text=text, segment_id=segment_id, tag=tag, size=LARGEST_PAGE
        )
        yield from map(_row, page.items)
        cursor = page.next_cursor
        if cursor is None:
            return


def _row(row: Customer) -> tuple[Cell, ...]:
    standing = getattr(row, "standing", None)
    return (
        row.pk, row.family_name, row.given_name, row.family_kana, row.given_kana,
        row.company.name if row.company else "",
        _first(row, Identity.Kind.EMAIL), _first(row, Identity.Kind.PHONE),
        row.language, row.birthday, ", ".join(sorted(tag.name for tag in row.tags.all())),
        standing.order_count if standing else 0,
        standing.spend_minor if standing else 0,
        standing.currency if standing else "",
        standing.last_order_at.date() if standing and standing.last_order_at else None,
        row.first_seen_at.date(),
    )  # fmt: skip


def _first(row: Customer, kind: str) -> str:
    return next((identity.shown for identity in row.identities.all() if identity.kind == kind), "")
