"""What background work itself needs done."""

from __future__ import annotations

from datetime import timedelta

from mikomi.core.work import registry


def register() -> None:
    """Called once at start-up."""
    from mikomi.core.work import task_runs

    registry.duty("work.tasks", timedelta(seconds=5), "tasks", task_runs.run_one, on_change=True)
    registry.schedule("work.prune_tasks", timedelta(days=1), task_runs.prune)
    registry.on_dead_worker("tasks", task_runs.free_tasks)
