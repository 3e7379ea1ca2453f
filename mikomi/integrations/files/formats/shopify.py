"""Shopify's exports of orders and customers (`../shared` reference 7 lists the columns)."""

from mikomi.integrations.files.fields import Field
from mikomi.integrations.files.formats.format import PERSON, Format
from mikomi.integrations.files.marks import gettext_noop as _

ORDERS = Format(
    name="shopify_orders",
    label=_("orders from Shopify"),
    kind="orders",
    source="shopify",
    signature=("Name", "Lineitem name"),
    columns={
        "Name": Field.NUMBER,
        "Id": Field.EXTERNAL_ID,
        "Note Attributes": Field.ATTRIBUTES,
        "Source": Field.CHANNEL,
        "Vendor": None,
        "Receipt Number": None,
        "Employee": None,
        "Outstanding Balance": None,
        "Lineitem compare at price": None,
        "Duties": None,
        "Billing Province Name": Field.PERSON_PROVINCE,
        "Shipping Province Name": Field.SHIP_PROVINCE,
    },
    needed=((Field.NUMBER,),),
)

CUSTOMERS = Format(
    name="shopify_customers",
    label=_("customers from Shopify"),
    kind="customers",
    source="shopify",
    signature=("First Name", "Last Name", "Accepts Email Marketing"),
    columns={"Tax Exempt": None, "Accepts WhatsApp Marketing": None},
    needed=(PERSON,),
)

CUSTOMERS_OLD = Format(
    name="shopify_customers_old",
    label=_("customers from Shopify (older export)"),
    kind="customers",
    source="shopify",
    signature=("First Name", "Last Name", "Accepts Marketing"),
    columns={
        "Tax Exempt": None,
        "Province": Field.PERSON_PROVINCE,
        "Country Code": Field.PERSON_COUNTRY,
        "Country": None,
    },
    needed=(PERSON,),
)
