"""What the facts say to the registries below them, once at start-up."""

from __future__ import annotations

from datetime import timedelta

from mikomi.core import exports as core_exports
from mikomi.core.work import registry
from mikomi.facts import exports, feeds, house
from mikomi.facts.operations import checking, contradicting, feeding


def register() -> None:
    """Called by the app's `ready`."""
    core_exports.register(*exports.EXPORTS)
    feeds.register(house.FEED)
    registry.duty("facts.checks", timedelta(seconds=5), "tasks", checking.work_on_checks)
    registry.schedule("facts.due_checks", timedelta(minutes=1), checking.start_due_checks)
    registry.schedule("facts.feeds", timedelta(minutes=1), feeding.take_over, lane="quick")
    registry.schedule("facts.own_texts", timedelta(minutes=10), contradicting.check_own_texts)
