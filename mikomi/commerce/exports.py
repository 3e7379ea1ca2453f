"""What analytics may copy of commerce: products, orders, lines, milestones, refunds; nobody can be told from it.

Lines that a source has dropped are deleted here: a copy takes the lines of every changed order anew.
"""

from __future__ import annotations

from mikomi.commerce.models import Milestone, Order, OrderLine, Product, Refund
from mikomi.core.exports import Export

EXPORTS = (
    Export(
        "products",
        Product,
        (
            "id",
            "sku",
            "name",
            "variant",
            "price_minor",
            "currency",
            "on_hand",
            "stock_known_at",
            "less_orders",
            "restock_on",
            "discontinued_at",
        ),
        watermark="id",
        public_names=("name",),
    ),
    Export(
        "orders",
        Order,
        (
            "id",
            "source",
            "channel",
            "customer_id",
            "store_id",
            "currency",
            "subtotal_minor",
            "shipping_minor",
            "tax_minor",
            "discount_minor",
            "total_minor",
            "refunded_minor",
            "payment",
            "fulfilment",
            "ordered_at",
            "paid_at",
            "promised_at",
            "promised_by_day",
            "requested_on",
            "ship_by_at",
            "expected_at",
            "shipped_at",
            "delivered_at",
            "cancelled_at",
            "destination_country",
            "destination_region",
            "carrier",
            "recorded_at",
            "updated_at",
            "backfill",
        ),
        watermark="updated_at",
    ),
    Export(
        "order_lines",
        OrderLine,
        (
            "id",
            "order_id",
            "key",
            "product_id",
            "sku",
            "quantity",
            "unit_price_minor",
            "discount_minor",
            "updated_at",
        ),
        watermark="updated_at",
    ),
    Export("milestones", Milestone, ("id", "order_id", "kind", "at", "known_at", "source"), watermark="id"),
    Export("refunds", Refund, ("id", "order_id", "amount_minor", "at"), watermark="id"),
)
