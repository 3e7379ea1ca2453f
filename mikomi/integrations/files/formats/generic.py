"""Any other file, by the usual Japanese and English names."""

from mikomi.integrations.files.fields import Field
from mikomi.integrations.files.formats.format import ITEM, PERSON, Format
from mikomi.integrations.files.marks import gettext_noop as _

_WORTH = (Field.UNIT_PRICE, Field.TOTAL, Field.LINE_TOTAL)

ORDERS = Format(
    name="orders",
    label=_("orders"),
    kind="orders",
    source="csv",
    needed=((Field.NUMBER,), (Field.ORDERED_AT,), (*ITEM, *_WORTH)),
    filled=((Field.ORDERED_AT,), PERSON),
    decimal=None,
)

MEASUREMENTS = Format(
    name="measurements",
    label=_("measurements"),
    kind="measurements",
    source="csv",
    needed=((Field.MEASURED_VALUE,),),
    decimal=None,
)

CUSTOMERS = Format(
    name="customers",
    label=_("customers"),
    kind="customers",
    source="csv",
    needed=(
        (
            Field.PERSON_EMAIL,
            Field.PERSON_NAME,
            Field.PERSON_FAMILY,
            Field.PERSON_GIVEN,
            Field.PERSON_PHONE,
            Field.PERSON_ID,
        ),
    ),
    decimal=None,
)
