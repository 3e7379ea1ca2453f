"""When a delivery that failed is tried again. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

RETRY_DELAYS = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(hours=6),
)
"""After the first failure, the second…; a play is tried 8 times over half a day."""

JITTER = 0.2
"""A wait may be a fifth longer, so that what failed together is not tried again together."""


def delay_after(attempts: int, delays: Sequence[timedelta], share: float) -> timedelta | None:
    """How long to wait after `attempts` failures; none: no further try. `share`: the jitter drawn, 0 to 1."""
    if attempts > len(delays):
        return None
    return delays[attempts - 1] * (1 + JITTER * share)


def rest_after(failures: int) -> timedelta:
    """How long an outside consumer is left alone after failures in a row: 5 s doubling up to 5 minutes."""
    return min(timedelta(seconds=5 * 2 ** min(max(failures - 1, 0), 10)), timedelta(minutes=5))
