"""The tables of the ledger."""

from mikomi.promises.models.claims import Claim, Measurement
from mikomi.promises.models.ledger import (
    Comparable,
    Evidence,
    NoDeadlineError,
    NoPersonError,
    Promise,
    PromiseVersion,
    Slip,
)

__all__ = [
    "Claim",
    "Comparable",
    "Evidence",
    "Measurement",
    "NoDeadlineError",
    "NoPersonError",
    "Promise",
    "PromiseVersion",
    "Slip",
]
