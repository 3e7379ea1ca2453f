"""Writes about customers, one module per family of verbs."""

from mikomi.customers.operations.consents import WrongConsentError, set_consent
from mikomi.customers.operations.duplicates import find_duplicates
from mikomi.customers.operations.identify import (
    UnknownSourceError,
    identify,
    identify_many,
    plan_arrivals,
)
from mikomi.customers.operations.identities import (
    IdentityTakenError,
    WrongIdentityError,
    add_identity,
    mark_undeliverable,
    remove_identity,
    set_primary,
)
from mikomi.customers.operations.listing import export_list
from mikomi.customers.operations.merging import MergeError, decide_proposal, merge, unmerge
from mikomi.customers.operations.privacy import erase, export_data
from mikomi.customers.operations.profile import (
    WrongProfileError,
    add_note,
    create,
    remove_address,
    save_address,
    tag,
    untag,
    update_profile,
)
from mikomi.customers.operations.segments import (
    delete_segment,
    refresh_due,
    refresh_segment,
    save_segment,
)
from mikomi.customers.operations.standing import Outlook, PurchaseFigures, write_standing
from mikomi.customers.segments.conditions import InvalidSegmentError

__all__ = [
    "IdentityTakenError",
    "InvalidSegmentError",
    "MergeError",
    "Outlook",
    "PurchaseFigures",
    "UnknownSourceError",
    "WrongConsentError",
    "WrongIdentityError",
    "WrongProfileError",
    "add_identity",
    "add_note",
    "create",
    "decide_proposal",
    "delete_segment",
    "erase",
    "export_data",
    "export_list",
    "find_duplicates",
    "identify",
    "identify_many",
    "mark_undeliverable",
    "merge",
    "plan_arrivals",
    "refresh_due",
    "refresh_segment",
    "remove_address",
    "remove_identity",
    "save_address",
    "save_segment",
    "set_consent",
    "set_primary",
    "tag",
    "unmerge",
    "untag",
    "update_profile",
    "write_standing",
]
