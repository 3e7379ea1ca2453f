"""The ledger's verbs. Promises are made, observed, changed and withdrawn; time passing is looked at by a sweep."""

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
from mikomi.promises.records import NewPromise, NewTerms, Observation

__all__ = [
    "NewPromise",
    "NewTerms",
    "Observation",
    "PromiseDecidedError",
    "PromiseError",
    "change_terms",
    "change_terms_many",
    "look",
    "make",
    "make_many",
    "mark_recovered",
    "note_slip",
    "observe",
    "observe_many",
    "record_told",
    "refresh_comparables",
    "withdraw",
    "withdraw_many",
]
