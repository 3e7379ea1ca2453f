"""What the business decides about reading files."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class ParseSettings:
    """Zone of times without one; currency of amounts without one; which comes first in 01/02/2026."""

    zone: ZoneInfo
    currency: str = "JPY"
    day_first: bool | None = None
