"""BASE (thebase.com): one row for each item; the order's columns are repeated."""

from mikomi.integrations.files.fields import Field
from mikomi.integrations.files.formats.format import ITEM, Format
from mikomi.integrations.files.marks import gettext_noop as _

ORDERS = Format(
    name="base_orders",
    label=_("orders from BASE"),
    kind="orders",
    source="base",
    signature=("注文ID", "氏(請求先)", "名(請求先)"),
    columns={"種類ID": None, "調整金額": None, "税率": None},
    needed=((Field.NUMBER,), (Field.ORDERED_AT,), ITEM),
    filled=((Field.ORDERED_AT,),),
)
