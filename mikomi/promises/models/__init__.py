"""The tables of the ledger."""

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
    "Comparable",
    "Evidence",
    "NoDeadlineError",
    "NoPersonError",
    "Promise",
    "PromiseVersion",
    "Slip",
]
