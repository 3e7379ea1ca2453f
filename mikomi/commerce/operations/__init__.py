"""The verbs of commerce: orders are recorded, whatever brought them; a dry run says what would come of it."""

from mikomi.commerce.operations.recording import CHUNK, HISTORY_CHUNK, Recorded, preview_orders, record_orders
from mikomi.commerce.operations.reporting import BY_HAND, MilestoneError, report_milestone
from mikomi.commerce.rules.deciding import Outcome

__all__ = [
    "BY_HAND",
    "CHUNK",
    "HISTORY_CHUNK",
    "MilestoneError",
    "Outcome",
    "Recorded",
    "preview_orders",
    "record_orders",
    "report_milestone",
]
