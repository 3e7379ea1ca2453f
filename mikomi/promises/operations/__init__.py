"""The ledger's verbs. Promises are made, observed, changed and withdrawn; time passing is looked at by a sweep."""

from mikomi.promises.operations.claim_feeds import feed_claims
from mikomi.promises.operations.claims import (
    ClaimRefusedError,
    Measured,
    Refused,
    change_claim,
    dispute,
    measure,
    publish_claim,
    settle_dispute,
    state_claim,
)
from mikomi.promises.operations.comparables import refresh_comparables
from mikomi.promises.operations.looking import look
from mikomi.promises.operations.making import PromiseError, make, make_many
from mikomi.promises.operations.observing import observe, observe_many
from mikomi.promises.operations.slips import note_slip, record_told
from mikomi.promises.operations.terms import (
    PromiseDecidedError,
    change_terms,
    change_terms_many,
    mark_recovered,
    withdraw,
    withdraw_many,
)
from mikomi.promises.records import NewClaim, NewMeasurement, NewPromise, NewTerms, Observation

__all__ = [
    "ClaimRefusedError",
    "Measured",
    "NewClaim",
    "NewMeasurement",
    "NewPromise",
    "NewTerms",
    "Observation",
    "PromiseDecidedError",
    "PromiseError",
    "Refused",
    "change_claim",
    "change_terms",
    "change_terms_many",
    "dispute",
    "feed_claims",
    "look",
    "make",
    "make_many",
    "mark_recovered",
    "measure",
    "note_slip",
    "observe",
    "observe_many",
    "publish_claim",
    "record_told",
    "refresh_comparables",
    "settle_dispute",
    "state_claim",
    "withdraw",
    "withdraw_many",
]
