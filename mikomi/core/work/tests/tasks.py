"""Tasks that only tests enqueue."""

from __future__ import annotations

from django_tasks import TaskContext, task

calls: list[object] = []


@task()
def note(value: object) -> object:
    """Remember the value, and give it back."""
    calls.append(value)
    return value


@task()
def fail(text: str) -> None:
    """Fail with this text."""
    calls.append(text)
    raise RuntimeError(text)


@task(takes_context=True)
def attempt(context: TaskContext) -> int:
    """The number of this attempt."""
    return context.attempt
