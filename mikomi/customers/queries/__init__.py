"""Reads about customers. A query that a surface calls takes the actor."""

from mikomi.customers.queries.comparing import Comparison, Difference, comparison
from mikomi.customers.queries.contact import UNREACHABLE, Contact, may_contact, may_contact_many
from mikomi.customers.queries.display import Display, display, display_ids
from mikomi.customers.queries.lists import (
    customers,
    has_tag,
    living,
    proposals,
    segment,
    segments,
    segments_counted,
    segments_of,
    tags,
)
from mikomi.customers.queries.merged import ids_of, ids_of_many, living_id, living_ids, of_person
from mikomi.customers.queries.profile import Profile, consent_history, customer

__all__ = [
    "UNREACHABLE",
    "Comparison",
    "Contact",
    "Difference",
    "Display",
    "Profile",
    "comparison",
    "consent_history",
    "customer",
    "customers",
    "display",
    "display_ids",
    "has_tag",
    "ids_of",
    "ids_of_many",
    "living",
    "living_id",
    "living_ids",
    "may_contact",
    "may_contact_many",
    "of_person",
    "proposals",
    "segment",
    "segments",
    "segments_counted",
    "segments_of",
    "tags",
]
