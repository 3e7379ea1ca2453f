"""A customer's orders, given out or erased on request. Goods, amounts, moments, country and region stay as figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mikomi.commerce.models import Order, Refund
from mikomi.core import clock

_COLUMNS = (
    "number", "source", "channel", "currency", "total_minor", "shipping_minor", "discount_minor", "refunded_minor",
    "payment", "payment_method", "fulfilment", "ordered_at", "paid_at", "promised_at", "shipped_at", "delivered_at",
    "cancelled_at", "recipient", "destination_country", "destination_region", "destination_city",
    "destination_postal_code", "destination_lines", "carrier", "tracking_number", "note",
)  # fmt: skip


def erase(customer_ids: Sequence[int]) -> None:
    """Take out of these customers' orders where they went, to whom, and what was noted on them.

    The order keeps its number and the hash of what its source said: the same file again brings nothing back.
    """
    orders = Order.objects.filter(customer_id__in=list(customer_ids))
    Refund.objects.filter(order__in=orders).update(reason="", detail={})
    orders.update(
        recipient="",
        destination_city="",
        destination_postal_code="",
        destination_lines="",
        tracking_number="",
        note="",
        updated_at=clock.now(),
    )


def export(customer_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Every order of the customer with its lines and refunds."""
    rows = Order.objects.filter(customer_id__in=list(customer_ids))
    rows = rows.prefetch_related("lines", "refunds").order_by("ordered_at", "id")
    return [_order(row) for row in rows]


def _order(row: Order) -> dict[str, Any]:
    return {
        **{column: _plain(getattr(row, column)) for column in _COLUMNS},
        "lines": [
            {
                "sku": line.sku,
                "name": line.name,
                "variant": line.variant,
                "quantity": line.quantity,
                "unit_price_minor": line.unit_price_minor,
            }
            for line in row.lines.all()
        ],
        "refunds": [
            {"amount_minor": refund.amount_minor, "at": _plain(refund.at), "reason": refund.reason}
            for refund in row.refunds.all()
        ],
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
