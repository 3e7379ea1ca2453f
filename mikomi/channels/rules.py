"""What the channels decide from plain values. Pure."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

_KANA = re.compile(r"[\u3040-\u30ff\uff66-\uff9f]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_LOOKED_AT = 5_000
OLDEST = timedelta(days=365 * 40)
AHEAD = timedelta(hours=1)


def language_of(text: str) -> str:
    """The language in which the customer is answered: Japanese where they write kana or Han, else English."""
    head = text[:_LOOKED_AT]
    return "ja" if _KANA.search(head) or _HAN.search(head) else "en"


def plausible_moment(claimed: datetime | None, arrived: datetime) -> datetime:
    """When a message was sent: as it says, unless that lies after its arrival or decades before it."""
    if claimed is None or claimed > arrived + AHEAD or claimed < arrived - OLDEST:
        return arrived
    return claimed
