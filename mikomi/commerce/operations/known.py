"""What is stored of the orders that arrive, read once for a chunk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mikomi.commerce.models import Order, OrderLine, Refund
from mikomi.commerce.rules.deciding import KnownOrder
from mikomi.commerce.rules.reading import LineFacts

Key = tuple[str, str]

COLUMNS = (
    "number",
    "channel",
    "currency",
    "subtotal_minor",
    "shipping_minor",
    "tax_minor",
    "discount_minor",
    "total_minor",
    "refunded_minor",
    "payment",
    "payment_method",
    "fulfilment",
    "ordered_at",
    "paid_at",
    "promised_at",
    "promised_by_day",
    "requested_on",
    "requested_band",
    "ship_by_at",
    "expected_at",
    "shipped_at",
    "delivered_at",
    "cancelled_at",
    "destination_country",
    "destination_region",
    "destination_city",
    "destination_postal_code",
    "destination_lines",
    "recipient",
    "carrier",
    "tracking_number",
    "note",
)
"""The columns of an order that a source may say something about."""


@dataclass(slots=True)
class Stored:
    """A stored order with its lines by key, and the same as plain values for the rules."""

    row: Order
    lines: dict[str, OrderLine]
    known: KnownOrder


def load(keys: Iterable[Key]) -> dict[Key, Stored]:
    """The stored orders of these keys: three queries, one more for each further source."""
    by_source: dict[str, list[str]] = {}
    for source, external_id in keys:
        by_source.setdefault(source, []).append(external_id)
    rows = [
        row
        for source, ids in by_source.items()
        for row in Order.objects.select_for_update().filter(source=source, external_id__in=ids).order_by("pk")
    ]
    ids = [row.pk for row in rows]
    lines: dict[int, dict[str, OrderLine]] = {key: {} for key in ids}
    refunds: dict[int, dict[str, int]] = {key: {} for key in ids}
    if ids:
        for line in OrderLine.objects.filter(order_id__in=ids):
            lines[line.order_id][line.key] = line
        for refund in Refund.objects.filter(order_id__in=ids):
            refunds[refund.order_id][refund.external_id] = refund.amount_minor
    return {
        (row.source, row.external_id): Stored(row, lines[row.pk], _plain(row, lines[row.pk], refunds[row.pk]))
        for row in rows
    }


def _plain(row: Order, lines: dict[str, OrderLine], refunds: dict[str, int]) -> KnownOrder:
    return KnownOrder(
        order_id=row.pk,
        values={name: getattr(row, name) for name in COLUMNS},
        lines={key: _line(line) for key, line in lines.items()},
        refunds=refunds,
        content_hash=row.content_hash,
        parts=row.parts,
        run=row.run,
        updated_at=row.source_updated_at,
        is_anonymous=row.customer_id is None,
    )


def _line(line: OrderLine) -> LineFacts:
    return LineFacts(
        line.key,
        line.sku,
        line.name,
        line.variant,
        line.quantity,
        line.unit_price_minor,
        line.discount_minor,
    )
