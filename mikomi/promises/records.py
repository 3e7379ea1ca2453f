"""What others hand to the ledger: a promise to be made, something observed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time


@dataclass(frozen=True, slots=True)
class Observation:
    """Something that bears on a promise. The same `once_key` counts once per promise, however often it comes.

    `kind` is a value of `Evidence.Kind`. `promise_id` is left 0 when it is handed in together with a new promise.
    `retracts` (kind "retracted") names the `once_key` of an observation that turned out wrong. `group_key` not empty:
    what is now known of the comparable cases (the carrier, once it was shipped).
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
    backfill: bool = False


@dataclass(frozen=True, slots=True)
class NewPromise:
    """A promise to be made. A `due_at` without a time of day means by the end of that day (`latest`: the end of
    the time band that was given with it) in the business's zone.

    `kind` is a value of `Promise.Kind`, `source` a short code. `group_key` names the comparable cases, from the
    general to the particular, with slashes (store/region/carrier). `made_at` none: now.
    `by_day`: the moment `due_at` is the end of a day that was promised.
    `evidence` is what is already known of it: its verdict is there at once.
    """

    kind: str
    customer_id: int
    due_at: datetime | date
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


@dataclass(frozen=True, slots=True)
class NewTerms:
    """New terms for a promise; a `due_at` without a time of day means by the end of that day.

    `reason` is a code, `note` is for people. `statement` none: what was said stays. `given_at` none: now.
    """

    promise_id: int
    due_at: datetime | date
    reason: str = ""
    note: str = ""
    statement: str | None = None
    given_at: datetime | None = None
    by_day: bool = False
    backfill: bool = False
