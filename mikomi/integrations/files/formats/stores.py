"""STORES: one row for each item, orders are called オーダー."""

from mikomi.integrations.files.fields import Field
from mikomi.integrations.files.formats.format import ITEM, Format
from mikomi.integrations.files.marks import gettext_noop as _

ORDERS = Format(
    name="stores_orders",
    label=_("orders from STORES"),
    kind="orders",
    source="stores",
    signature=("オーダー番号", "アイテム名"),
    needed=((Field.NUMBER,), ITEM),
)
