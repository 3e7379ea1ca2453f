"""What the chance of breach of a promise depends on, for lists that read many rows and show few."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from mikomi.promises.models import Promise


class Judged(NamedTuple):
    """These columns of a promise, by the same names; a tuple costs a tenth of a row object."""

    pk: int
    kind: str
    group_key: str
    state: str
    customer_id: int | None
    keeper_id: int | None
    subject_type: str
    subject_id: int | None
    made_at: datetime
    due_at: datetime | None
    expected_at: datetime | None
    in_working_time: bool
    is_internal: bool
    risk: float


Judgeable = Promise | Judged
