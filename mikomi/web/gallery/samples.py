"""The invented people and happenings that the gallery shows."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from mikomi.core.money import Money
from mikomi.core.names import PersonName

HANAKO = PersonName("山田", "花子", "やまだ", "はなこ")
KENTA = PersonName("佐藤", "健太", "さとう", "けんた")
EMMA = PersonName("Wilson", "Emma", honorific="Ms.")
TREND = [91.0, 90.5, 92.1, 91.4, 93.0, 92.2, 93.8, 94.1, 93.5, 94.6]


def sample_context(now: datetime) -> dict[str, Any]:
    """Everything that the samples name."""
    hour, day = timedelta(hours=1), timedelta(days=1)
    return {
        "hanako": HANAKO,
        "kenta": KENTA,
        "emma": EMMA,
        "yen": Money(12300, "JPY"),
        "dollars": Money(4250, "USD"),
        "values": TREND,
        "hour": hour,
        "one_day": day,
        "past": [now - 20 * timedelta(minutes=1), now - 3 * hour, now - day, now - 5 * day, now - 400 * day],
        "future": [now + 2 * hour, now + day, now + 6 * day],
        "minutes_left": now + timedelta(minutes=25),
        "overdue": now - timedelta(minutes=80),
    }
