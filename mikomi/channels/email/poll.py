"""Visits to the mailboxes: each half a minute, longer apart while one fails, one worker at a time."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from mikomi.channels import events
from mikomi.channels.email.imap import connected
from mikomi.channels.email.inbound import Budget, read_folder
from mikomi.channels.email.problems import MailProblem
from mikomi.channels.models import Mailbox
from mikomi.core import clock
from mikomi.core.events.kinds import Code
from mikomi.core.events.operations import record
from mikomi.core.files.operations import StorageError

EVERY = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=15)
VISIT_SECONDS = 30.0
INBOX = "INBOX"
_logger = logging.getLogger(__name__)


def poll_due(worker: str) -> int:
    """Visit each mailbox whose time has come. How many messages were fetched."""
    fetched = 0
    for mailbox in list(_due(worker, clock.now()).order_by("next_poll_at", "id")):
        if claim(mailbox, worker):
            fetched += poll(mailbox)
    return fetched


def _due(worker: str, now: datetime) -> QuerySet[Mailbox]:
    # A claim of one's own is left over from a visit that could not even be settled.
    read = Mailbox.objects.filter(is_active=True, claimed_by__in=["", worker]).exclude(imap_host="")
    return read.filter(Q(next_poll_at=None) | Q(next_poll_at__lte=now))


def claim(mailbox: Mailbox, worker: str) -> bool:
    """Take a mailbox for this worker. False: another one has it."""
    free = Mailbox.objects.filter(pk=mailbox.pk, claimed_by__in=["", worker])
    taken = free.update(claimed_by=worker) == 1
    mailbox.claimed_by = worker if taken else mailbox.claimed_by
    return taken


def free_claims(workers: Sequence[str]) -> int:
    """Let go of the mailboxes that dead workers were visiting."""
    return Mailbox.objects.filter(claimed_by__in=list(workers)).update(claimed_by="")


def poll(mailbox: Mailbox) -> int:
    """Visit a mailbox that was claimed: fetch what is new in each folder and note how it went. How many messages.

    A folder that fails by itself keeps no other from being read.
    """
    budget = Budget(clock.monotonic() + VISIT_SECONDS)
    try:
        problem, complete = _visit(mailbox, budget)
    except MailProblem as trouble:
        problem, complete = trouble, True
    except StorageError as error:
        problem, complete = MailProblem("storage", str(error)), True
    except Exception as error:
        _logger.exception("a visit to a mailbox failed", extra={"mailbox": mailbox.pk})
        problem, complete = MailProblem("internal", f"{type(error).__name__}: {error}"), True
    _settle(mailbox, problem, complete)
    return budget.fetched


def _visit(mailbox: Mailbox, budget: Budget) -> tuple[MailProblem | None, bool]:
    """Read each folder. Answers the problem of a folder, if one had any, and whether everything was fetched."""
    problem: MailProblem | None = None
    complete = True
    with connected(mailbox) as session:
        for folder in mailbox.folders or [INBOX]:
            try:
                complete = read_folder(session, mailbox, folder, budget) and complete
            except MailProblem as trouble:
                if trouble.code != "folder":
                    raise
                problem = trouble
    return problem, complete


def _settle(mailbox: Mailbox, problem: MailProblem | None, complete: bool) -> None:
    """Let go of the mailbox, with the heartbeat or the problem. Says once when it begins to fail, once when it ends."""
    now = clock.now()
    failures = mailbox.poll_failures + 1 if problem else 0
    values = {
        "claimed_by": "",
        "poll_failures": failures,
        "poll_error": str(problem) if problem else "",
        "failing_since": (mailbox.failing_since or now) if problem else None,
        "polled_at": mailbox.polled_at if problem else now,
        "next_poll_at": now + pause_after(failures) if problem or complete else now,
    }
    mine = Mailbox.objects.filter(pk=mailbox.pk, claimed_by=mailbox.claimed_by)
    with transaction.atomic():
        if mine.update(**values) and bool(problem) != bool(mailbox.failing_since):
            record(
                events.MailboxFailing(mailbox.pk, Code(problem.code))
                if problem
                else events.MailboxRecovered(mailbox.pk)
            )
    if problem:
        facts = {"mailbox": mailbox.pk, "problem": problem.code, "failures": failures}
        _logger.warning("a mailbox can't be read", extra=facts)


def pause_after(failures: int) -> timedelta:
    """Half a minute, doubled with each failure in a row, a quarter of an hour at most."""
    return min(EVERY * int(2 ** min(failures, 10)), LONGEST_PAUSE)
