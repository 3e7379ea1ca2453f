"""What others hand to the ledger: a promise to be made, something observed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any


@dataclass(frozen=True, slots=True)
class Observation:
    """Something that bears on a promise. The same `once_key` counts once per promise, however often it comes.

    `kind` is a value of `Evidence.Kind`. `promise_id` is left 0 when it is handed in together with a new promise.
    `retracts` (kind "retracted") names the `once_key` of an observation that turned out wrong. `group_key` not empty:
    what is now known of the comparable cases (the carrier, once it was shipped). `reading`: what was measured, in the
    unit of the terms; for "undecided" the chance (0…1) that the promise does not hold.
    """

    kind: str
    occurred_at: datetime
    once_key: str
    source: str
    promise_id: int = 0
    expected_at: datetime | None = None
    known_at: datetime | None = None
    reason: str = ""
    note: str = ""
    retracts: str = ""
    group_key: str = ""
    reading: float | None = None
    backfill: bool = False


@dataclass(frozen=True, slots=True)
class NewPromise:
    """A promise to be made. A `due_at` without a time of day means by the end of that day (`latest`: the end of
    the time band that was given with it) in the business's zone.

    `kind` is a value of `Promise.Kind`, `source` a short code. `group_key` names the comparable cases, from the
    general to the particular, with slashes (store/region/carrier). `made_at` none: now.
    `by_day`: the moment `due_at` is the end of a day that was promised.
    `evidence` is what is already known of it: its verdict is there at once.

    To one customer: `customer_id`. To a segment: `segment_id`, no customer. To everyone: neither. `due_at` none: for
    the kinds without a due time (`rules.kinds.STANDING`) only. `terms`: what exactly (`rules.kinds`). `norm_of`,
    `cited`, `cited_on` and `valid_until` belong to norms and competitors' levels; anything may have `valid_until`.
    """

    kind: str
    customer_id: int | None
    due_at: datetime | date | None
    source: str
    latest: time | None = None
    by_day: bool = False
    made_at: datetime | None = None
    statement: str = ""
    expectation: str = "explicit"
    subject_type: str = ""
    subject_id: int | None = None
    group_key: str = ""
    is_internal: bool = False
    in_working_time: bool = False
    keeper_id: int | None = None
    team_id: int | None = None
    backfill: bool = False
    evidence: Sequence[Observation] = ()
    audience: str = "one"
    segment_id: int | None = None
    origin: str = ""
    published_in: str = ""
    published_at: datetime | None = None
    norm_of: str = ""
    cited: str = ""
    cited_on: date | None = None
    valid_until: date | None = None
    terms: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewTerms:
    """New terms for a promise; a `due_at` without a time of day means by the end of that day.

    `reason` is a code, `note` is for people. `statement` and `terms` none: what was said stays. `given_at` none: now.
    `due_at` none: for the kinds without a due time.
    """

    promise_id: int
    due_at: datetime | date | None
    reason: str = ""
    note: str = ""
    statement: str | None = None
    given_at: datetime | None = None
    by_day: bool = False
    backfill: bool = False
    terms: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class NewClaim:
    """A claim to be measured: what is said (`statement`), about what (`attribute`), and how much of it.

    `direction`, `basis`, `share` and `ceiling` as in `rules.claims`; a share of people is given in percent.
    `product_id`: the product behind it; `feed`: what measures our own service by itself (`Claim.Feed`). One of the two
    is needed before it is published.
    """

    statement: str
    attribute: str
    value: float
    unit: str
    tolerance: float = 0.0
    direction: str = "at_least"
    basis: str = "average"
    share: float = 0.95
    ceiling: float | None = None
    kind: str = "claim"
    product_id: int | None = None
    feed: str = ""
    feed_group: str = ""
    audience: str = "everyone"
    segment_id: int | None = None
    expectation: str = "static"
    origin: str = "marketing"
    published_in: str = ""
    valid_until: date | None = None
    source: str = "agent"


@dataclass(frozen=True, slots=True)
class NewMeasurement:
    """A measured value, as text in any unit that fits the claim's ("18.5 mpg", "90 s", yes) or as a number in it.

    The same `once_key` counts once. `item`: which single thing was measured, where one is measured several times.
    """

    value: float | str
    measured_at: datetime
    once_key: str
    source: str
    measured_by: str = ""
    item: str = ""
    note: str = ""
