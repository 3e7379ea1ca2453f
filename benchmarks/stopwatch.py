"""What a measured work takes, by the clock and by the processor."""

from __future__ import annotations

import resource
import time
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Stopwatch:
    """When something began, by the clock and by the processor (own and ended children)."""

    clock: float
    processor: float

    @classmethod
    def start(cls) -> Stopwatch:
        return cls(time.perf_counter(), _processor_seconds())

    def figures(self, count: int) -> dict[str, Any]:
        """What `count` mails took since then."""
        seconds, processor = time.perf_counter() - self.clock, _processor_seconds() - self.processor
        return {
            "mails": count,
            "seconds": round(seconds, 1),
            "processor_seconds": round(processor, 1),
            "per_second": round(count / seconds, 1),
            "per_processor_second": round(count / processor, 1),
        }


def megabytes(raws: list[bytes]) -> dict[str, float]:
    """How much that was."""
    return {"megabytes": round(sum(map(len, raws)) / 1e6, 1)}


def _processor_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)
