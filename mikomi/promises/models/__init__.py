"""The tables of the ledger."""

from mikomi.promises.models.answers import Challenge, Dispute, LedgerPolicy, Renegotiation, Subscription
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
from mikomi.promises.models.notices import NoticePolicy
from mikomi.promises.models.quoting import Quote, QuoteModel, QuotePolicy
from mikomi.promises.models.workload import Workload

__all__ = [
    "Challenge",
    "Claim",
    "Comparable",
    "Dispute",
    "Evidence",
    "LedgerPolicy",
    "Measurement",
    "NoDeadlineError",
    "NoPersonError",
    "NoticePolicy",
    "Promise",
    "PromiseVersion",
    "Quote",
    "QuoteModel",
    "QuotePolicy",
    "Renegotiation",
    "Slip",
    "Subscription",
    "Workload",
]
