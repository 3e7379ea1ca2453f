"""When a customer may be asked, and what an answer means. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

LOWEST, HIGHEST = 1, 5
POOR_UP_TO = 2
SATISFIED_FROM = 4
"""CSAT counts the top two of five (reference, section 2)."""


class InvalidScoreError(ValueError):
    """A score outside 1 to 5."""


def check_score(score: int) -> int:
    """The score. Raises `InvalidScoreError`."""
    if not LOWEST <= score <= HIGHEST:
        raise InvalidScoreError(f"a score is {LOWEST} to {HIGHEST}, got {score}")
    return score


def is_poor(score: int) -> bool:
    """Whether somebody must look into it."""
    return score <= POOR_UP_TO


def is_rested(last_asked_at: datetime | None, now: datetime, every_days: int) -> bool:
    """Whether enough time has passed since the customer was asked last."""
    return last_asked_at is None or now - last_asked_at >= timedelta(days=every_days)
