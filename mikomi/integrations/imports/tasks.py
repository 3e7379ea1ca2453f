"""The long work of imports, run by the workers. Both may be run again after a crash in their middle."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from django_tasks import TaskContext, task

from mikomi.core import clock
from mikomi.core.access.actor import SYSTEM, Actor
from mikomi.core.access.models import User
from mikomi.core.access.rules import Permission
from mikomi.core.collector import few_collections
from mikomi.core.live.operations import publish
from mikomi.core.work.task_runs import MOST_ATTEMPTS
from mikomi.integrations.imports import checking, running
from mikomi.integrations.models import ImportJob

State = ImportJob.State
_logger = logging.getLogger(__name__)


@task(takes_context=True)
def check_import(context: TaskContext, job_id: int) -> None:
    """The dry run of a job that is being checked; nothing if it isn't any more."""
    _work(job_id, State.CHECKING, checking.check, is_last=context.attempt >= MOST_ATTEMPTS)


@task(takes_context=True)
def run_import(context: TaskContext, job_id: int) -> None:
    """Import a running job from where it stands; nothing if it was stopped."""
    _work(job_id, State.RUNNING, running.run, is_last=context.attempt >= MOST_ATTEMPTS)


def work_now(job_id: int) -> None:
    """Do at once, in this process, what waits to be done with the job."""
    _work(job_id, State.CHECKING, checking.check, is_last=True)
    _work(job_id, State.RUNNING, running.run, is_last=True)


def _work(job_id: int, state: State, do: Callable[[ImportJob, Actor], None], *, is_last: bool) -> None:
    job = ImportJob.objects.select_related("file").filter(pk=job_id, state=state).first()
    if job is None:
        return
    try:
        with few_collections():
            do(job, _actor(job))
    except Exception as error:
        _logger.exception("an import failed", extra={"job": job_id, "state": state})
        if is_last or isinstance(error, FileNotFoundError):
            _give_up(job_id, state, error)
        else:
            raise


def _actor(job: ImportJob) -> Actor:
    """Who started it, with all that follows from what `operations` asked of them. Somebody who has left meanwhile is
    the system."""
    user = User.objects.filter(pk=job.actor_id).first() if job.actor_id else None
    if user is None:
        return SYSTEM
    actor = user.as_actor()
    actor.require(Permission.IMPORTS_RUN)
    return replace(actor, permissions=frozenset(Permission))


def _give_up(job_id: int, state: State, error: Exception) -> None:
    """Stop it where it stands, visibly; what is imported stays, and it can be continued."""
    code = "file_gone" if isinstance(error, FileNotFoundError) else "failed"
    refusal = {"issues": [{"line": 0, "code": code, "params": {}}]}
    after = State.REFUSED if state == State.CHECKING else State.STOPPED
    ImportJob.objects.filter(pk=job_id, state=state).update(
        state=after, refusal=refusal, finished_at=clock.now()
    )
    publish([f"import:{job_id}"])
