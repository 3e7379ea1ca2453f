"""Creema: handmade works, each order with the day it is to be sent (発送予定日)."""

from mikomi.integrations.files.fields import Field
from mikomi.integrations.files.formats.format import Format
from mikomi.integrations.files.marks import gettext_noop as _

ORDERS = Format(
    name="creema_orders",
    label=_("orders from Creema"),
    kind="orders",
    source="creema",
    signature=("作品名", "発送予定日"),
    needed=((Field.NUMBER,),),
    filled=(),
)
