"""What a measured work takes, by the clock and by the processor."""

from __future__ import annotations

import resource
import time
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds by the clock and of the processor."""

    clock: float = 0.0
    processor: float = 0.0

    def __add__(self, other: Spent) -> Spent:
        return Spent(self.clock + other.clock, self.processor + other.processor)

    def __sub__(self, other: Spent) -> Spent:
        return Spent(self.clock - other.clock, self.processor - other.processor)

    def figures(self, count: int) -> dict[str, Any]:
        """What `count` mails took."""
        return {
            "mails": count,
            "seconds": round(self.clock, 1),
            "processor_seconds": round(self.processor, 1),
            "per_second": round(count / self.clock, 1),
            "per_processor_second": round(count / self.processor, 1),
        }


def now() -> Spent:
    """Up to now, own and ended children; only differences mean something."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return Spent(time.perf_counter(), sum(one.ru_utime + one.ru_stime for one in used))
