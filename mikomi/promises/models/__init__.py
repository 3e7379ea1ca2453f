"""The tables of the ledger."""

from mikomi.promises.models.ledger import Comparable, Evidence, Promise, PromiseVersion, Slip

__all__ = ["Comparable", "Evidence", "Promise", "PromiseVersion", "Slip"]
