"""The files that shops and desks export, each told by the names in its header."""

from mikomi.integrations.files.formats import (
    amazon,
    base,
    colorme,
    creema,
    generic,
    hubspot,
    rakuten,
    shopify,
    smaregi,
    square,
    stores,
    yahoo,
)
from mikomi.integrations.files.formats.format import Format

KNOWN: tuple[Format, ...] = (
    shopify.ORDERS,
    shopify.CUSTOMERS,
    shopify.CUSTOMERS_OLD,
    base.ORDERS,
    creema.ORDERS,
    rakuten.ORDERS,
    amazon.ORDERS,
    amazon.ALL_ORDERS,
    yahoo.ORDERS,
    colorme.ORDERS,
    stores.ORDERS,
    smaregi.MEMBERS,
    hubspot.CONTACTS,
    square.CUSTOMERS,
)
"""A new one: a module like its neighbours and a line here."""

ORDERS = generic.ORDERS
CUSTOMERS = generic.CUSTOMERS
MEASUREMENTS = generic.MEASUREMENTS
USUAL = {one.kind: one for one in (ORDERS, CUSTOMERS, MEASUREMENTS)}
"""By kind: any file that is none of the known ones."""
BY_NAME = {one.name: one for one in (*KNOWN, *USUAL.values())}
