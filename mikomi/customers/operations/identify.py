"""Finding or making the customer behind what arrives."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.business import queries as business_queries
from mikomi.customers.cleaning import clean
from mikomi.customers.identification.plan import Plan, make_plan
from mikomi.customers.identification.write import write
from mikomi.customers.models import Customer
from mikomi.customers.records import PersonRecord

_SOURCE = re.compile(r"[A-Za-z0-9._:\-]{1,64}")
_ATTEMPTS = 3


class UnknownSourceError(ValueError):
    """The source of a record must be a short code such as `shopify` or `email`."""


def identify(*, actor: Actor, person: PersonRecord, seen_at: datetime, source: str) -> Customer:
    """The customer this person is, made if nobody is known by these addresses."""
    return identify_many(actor=actor, people=[person], seen_at=seen_at, source=source)[0]


def identify_many(
    *,
    actor: Actor,
    people: Sequence[PersonRecord],
    seen_at: datetime | Sequence[datetime],
    source: str,
    backfill: bool = False,
) -> list[Customer]:
    """The customer of each person, in their order; unknown ones are made, blanks of known ones filled.

    Found by external id, then e-mail, then phone. Where the keys of one person lead to several customers, the
    surest is taken and a proposal to merge is left for a person; nobody is ever merged silently. `seen_at` is
    one moment or one for each. A constant number of queries. Raises `NotAllowedError`, `UnknownSourceError`.
    """
    actor.require(Permission.CUSTOMERS_EDIT)
    if not people:
        return []
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            with transaction.atomic():
                plan = plan_arrivals(actor=actor, people=people, seen_at=seen_at, source=source)
                write(plan, backfill=backfill)
        except IntegrityError:
            # Somebody else has just written one of these keys: now they are found, not made.
            if attempt == _ATTEMPTS:
                raise
        else:
            break
    return [arrival.slot.customer for arrival in plan.arrivals]


def plan_arrivals(
    *, actor: Actor, people: Sequence[PersonRecord], seen_at: datetime | Sequence[datetime], source: str
) -> Plan:
    """What `identify_many` would write. Nothing is written."""
    if not _SOURCE.fullmatch(source):
        raise UnknownSourceError(f"{source!r} is not a source: use a short code such as 'shopify'.")
    moments = [seen_at] * len(people) if isinstance(seen_at, datetime) else list(seen_at)
    business = business_queries.business()
    return make_plan(
        [clean(person, business.country) for person in people],
        moments,
        now=clock.now(),
        source=source,
        zone=business.zone,
        language=business.language,
        actor_id=actor.user_id,
    )
