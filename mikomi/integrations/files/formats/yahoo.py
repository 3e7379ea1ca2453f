"""Yahoo! Shopping (Japan): English names without blanks, OrderId … ShipRequestDate."""

from mikomi.integrations.files.fields import Field
from mikomi.integrations.files.formats.format import Format
from mikomi.integrations.files.marks import gettext_noop as _

ORDERS = Format(
    name="yahoo_orders",
    label=_("orders from Yahoo! Shopping"),
    kind="orders",
    source="yahoo",
    signature=("OrderId", "OrderTime", "ShipRequestDate"),
    columns={"SubCode": Field.VARIANT, "LineId": Field.LINE_ID, "ItemId": Field.SKU},
    needed=((Field.NUMBER,),),
)
