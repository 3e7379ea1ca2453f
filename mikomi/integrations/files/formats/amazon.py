"""Amazon order reports: tab-separated; `item-price` and `shipping-price` are totals of the line."""

from mikomi.integrations.files.fields import Field
from mikomi.integrations.files.formats.format import ITEM, Format
from mikomi.integrations.files.marks import gettext_noop as _

_COLUMNS: dict[str, Field | None] = {
    "item-price": Field.LINE_TOTAL,
    "shipping-price": Field.LINE_SHIPPING,
    "item-tax": None,
    "shipping-tax": None,
    "asin": Field.PRODUCT_ID,
    "merchant-order-id": None,
    "fulfillment-channel": None,
    "item-status": None,
    "quantity-shipped": None,
    "quantity-to-ship": None,
    "reporting-date": None,
    "order-channel": None,
    "sales-channel": Field.CHANNEL,
    "item-promotion-discount": Field.LINE_DISCOUNT,
}

ORDERS = Format(
    name="amazon_orders",
    label=_("orders from Amazon"),
    kind="orders",
    source="amazon",
    signature=("order-id", "purchase-date", "quantity-purchased"),
    columns=_COLUMNS,
    needed=((Field.NUMBER,), ITEM),
)

ALL_ORDERS = Format(
    name="amazon_all_orders",
    label=_("orders from Amazon (all orders)"),
    kind="orders",
    source="amazon",
    signature=("amazon-order-id", "purchase-date", "quantity"),
    columns=_COLUMNS,
    needed=((Field.NUMBER,), ITEM),
)
