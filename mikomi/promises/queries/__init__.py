"""Reads of the ledger. What a surface calls takes the actor and returns only what that person may see."""

from mikomi.promises.queries.claims import ClaimRow, ClaimView, claim, claims, measurements, outcome_counts
from mikomi.promises.queries.figures import Figure, GroupFigure, keeping_by_group, keeping_figure
from mikomi.promises.queries.lists import (
    DayCount,
    Listed,
    ToSave,
    about,
    counts,
    month,
    of_customer,
    promises,
    to_save,
)
from mikomi.promises.queries.public import PublicPromise, public_promise
from mikomi.promises.queries.story import Moment, Story, promise

__all__ = [
    "ClaimRow",
    "ClaimView",
    "DayCount",
    "Figure",
    "GroupFigure",
    "Listed",
    "Moment",
    "PublicPromise",
    "Story",
    "ToSave",
    "about",
    "claim",
    "claims",
    "counts",
    "keeping_by_group",
    "keeping_figure",
    "measurements",
    "month",
    "of_customer",
    "outcome_counts",
    "promise",
    "promises",
    "public_promise",
    "to_save",
]
