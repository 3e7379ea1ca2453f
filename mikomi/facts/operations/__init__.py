"""Writes of facts, touchpoints and contradictions."""

from mikomi.facts.operations.checking import run_portion, start_check, start_due_checks, stop_check
from mikomi.facts.operations.contradicting import check_own_texts
from mikomi.facts.operations.feeding import take_over
from mikomi.facts.operations.registry import FactError, archive_fact, review_fact, save_fact
from mikomi.facts.operations.resolving import CannotResolveError, ignore, recheck, reopen
from mikomi.facts.operations.touchpoints import TouchpointError, archive_touchpoint, save_touchpoint

__all__ = [
    "CannotResolveError",
    "FactError",
    "TouchpointError",
    "archive_fact",
    "archive_touchpoint",
    "check_own_texts",
    "ignore",
    "recheck",
    "reopen",
    "review_fact",
    "run_portion",
    "save_fact",
    "save_touchpoint",
    "start_check",
    "start_due_checks",
    "stop_check",
    "take_over",
]
