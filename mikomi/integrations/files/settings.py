"""What the business decides about reading files."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class ParseSettings:
    """Zone of times without one; currency of amounts without one; which comes first in 01/02/2026; when the file came
    (needed for measurements: what has no date was measured then)."""

    zone: ZoneInfo
    currency: str = "JPY"
    day_first: bool | None = None
    now: datetime | None = None
