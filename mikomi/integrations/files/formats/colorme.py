"""カラーミーショップ: the shop chooses the columns, each with its role in front (購入者, 購入商品, お届け先)."""

from mikomi.integrations.files.fields import Field
from mikomi.integrations.files.formats.format import Format
from mikomi.integrations.files.marks import gettext_noop as _

ORDERS = Format(
    name="colorme_orders",
    label=_("orders from Color Me Shop"),
    kind="orders",
    source="colorme",
    signature=("売上ID",),
    needed=((Field.NUMBER,),),
)
