"""The verbs of commerce: orders are recorded, whatever brought them; a dry run says what would come of it."""

from mikomi.commerce.operations.recording import CHUNK, Recorded, preview_orders, record_orders
from mikomi.commerce.rules.deciding import Outcome

__all__ = ["CHUNK", "Outcome", "Recorded", "preview_orders", "record_orders"]
