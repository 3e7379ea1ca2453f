"""Reads of the ledger. What a surface calls takes the actor and returns only what that person may see."""

from mikomi.promises.queries.answers import Said, expectation_classes, policy, said_by_customers
from mikomi.promises.queries.claims import ClaimRow, ClaimView, claim, claims, measurements, outcome_counts
from mikomi.promises.queries.drafts import Chance, Draft, Offer, chance_of_keeping, draft
from mikomi.promises.queries.figures import Figure, GroupFigure, keeping_by_group, keeping_figure
from mikomi.promises.queries.lists import (
    DayCount,
    Listed,
    ToSave,
    Wanted,
    about,
    broken_count,
    counts,
    month,
    of_customer,
    promises,
    to_save,
)
from mikomi.promises.queries.notices import (
    CustomerKnows,
    notice_policies,
    notice_policy,
    what_customers_know,
)
from mikomi.promises.queries.origins import Origins, origins
from mikomi.promises.queries.public import PublicPromise, is_erased, public_claim, public_promise
from mikomi.promises.queries.story import Moment, Story, promise

__all__ = [
    "Chance",
    "ClaimRow",
    "ClaimView",
    "CustomerKnows",
    "DayCount",
    "Draft",
    "Figure",
    "GroupFigure",
    "Listed",
    "Moment",
    "Offer",
    "Origins",
    "PublicPromise",
    "Said",
    "Story",
    "ToSave",
    "Wanted",
    "about",
    "broken_count",
    "chance_of_keeping",
    "claim",
    "claims",
    "counts",
    "draft",
    "expectation_classes",
    "is_erased",
    "keeping_by_group",
    "keeping_figure",
    "measurements",
    "month",
    "notice_policies",
    "notice_policy",
    "of_customer",
    "origins",
    "outcome_counts",
    "policy",
    "promise",
    "promises",
    "public_claim",
    "public_promise",
    "said_by_customers",
    "to_save",
    "what_customers_know",
]
