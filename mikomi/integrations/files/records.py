"""What a file says, whatever shop wrote it: plain values, as given, nothing looked up.

Amounts are in minor units of the record's currency. A moment without a time of day stays a `date`.

One order, several rows. Rows of one order are normally neighbours; the parser keeps the last few hundred orders
open, so rows that are nearly neighbours come together too. Rows further apart make a second record of the same
order with other lines. Who stores the records therefore keeps this rule: an order met for the first time in a run
*replaces* its lines; met again in the same run it *adds* lines, and a line key that this run has written already
gets the next number. Importing the same file again then ends in the same rows, wherever they stand in the file.
"""

from mikomi.commerce.records import (
    Fulfilment,
    OrderLineRecord,
    OrderRecord,
    Payment,
    RefundRecord,
    TimeBand,
)
from mikomi.customers.records import AddressRecord, Moment, PersonRecord

__all__ = [
    "AddressRecord",
    "Fulfilment",
    "Moment",
    "OrderLineRecord",
    "OrderRecord",
    "Payment",
    "PersonRecord",
    "RefundRecord",
    "TimeBand",
]
