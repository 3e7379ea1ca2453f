"""What events add to the workers' duties."""

from __future__ import annotations

from datetime import timedelta

from mikomi.core.work import registry


def register() -> None:
    """Called once at start-up."""
    from mikomi.core.events import operations, outside, running

    registry.duty(
        "events.run",
        timedelta(seconds=5),
        "quick",
        lambda worker: running.run_due(worker=worker),
        on_change=True,
    )
    registry.duty(
        "events.run_outside",
        timedelta(seconds=5),
        "hooks",
        lambda worker: outside.run_outside_due(worker=worker),
        on_change=True,
    )
    registry.on_dead_worker("events", running.free_claims)
    registry.schedule("events.prune", timedelta(days=1), operations.prune_done)
