"""Rakuten Ichiba (RMS): postal code and phone number in parts, two names, the wish 「お届け日指定」."""

from mikomi.integrations.files.fields import Field
from mikomi.integrations.files.formats.format import ITEM, Format
from mikomi.integrations.files.marks import gettext_noop as _

ORDERS = Format(
    name="rakuten_orders",
    label=_("orders from Rakuten"),
    kind="orders",
    source="rakuten",
    signature=("注文番号", "注文者姓", "送付先姓"),
    columns={"サブステータス": None, "サブステータスID": None, "送付先ID": None, "送付先送料": None},
    needed=((Field.NUMBER,), ITEM),
)
