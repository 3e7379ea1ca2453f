"""Square's customer directory."""

from mikomi.integrations.files.fields import Field
from mikomi.integrations.files.formats.format import PERSON, Format
from mikomi.integrations.files.marks import gettext_noop as _

CUSTOMERS = Format(
    name="square_customers",
    label=_("customers from Square"),
    kind="customers",
    source="square",
    signature=("Square Customer ID",),
    columns={"Square Customer ID": Field.PERSON_ID, "Reference ID": None, "Nickname": None},
    needed=((*PERSON, Field.PERSON_ID),),
)
