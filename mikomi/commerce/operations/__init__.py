"""The verbs of commerce: orders and products are recorded, whatever brought them; a dry run says what would come."""

from mikomi.commerce.operations.products import ProductError, RecordedProduct, record_products
from mikomi.commerce.operations.recording import CHUNK, HISTORY_CHUNK, Recorded, preview_orders, record_orders
from mikomi.commerce.operations.reporting import BY_HAND, MilestoneError, report_milestone
from mikomi.commerce.rules.deciding import Outcome

__all__ = [
    "BY_HAND",
    "CHUNK",
    "HISTORY_CHUNK",
    "MilestoneError",
    "Outcome",
    "ProductError",
    "Recorded",
    "RecordedProduct",
    "preview_orders",
    "record_orders",
    "record_products",
    "report_milestone",
]
