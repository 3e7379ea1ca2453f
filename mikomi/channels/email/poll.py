"""Visits to the mailboxes: each half a minute, or when the server says that there is news (`listening.py`), longer
apart while one fails, one worker at a time."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Case, DateTimeField, Q, QuerySet, Value, When

from mikomi.channels import events
from mikomi.channels.email import imap, pop3, visits
from mikomi.channels.email.inbound import Budget, read_folder
from mikomi.channels.email.maildrop import read_maildrop
from mikomi.channels.email.problems import MailProblem
from mikomi.channels.models import Mailbox
from mikomi.core import clock
from mikomi.core.events.kinds import Code
from mikomi.core.events.operations import record
from mikomi.core.files.operations import StorageError

EVERY = timedelta(seconds=30)
EVERY_WHILE_LISTENING = timedelta(minutes=2)
"""The server says what is new; this is for what it did not say."""
LONGEST_PAUSE = timedelta(minutes=15)
VISIT_SECONDS = 30.0
PATIENCE_SECONDS = 1.0
"""So long one round waits for its visits, before it looks for other mailboxes."""
INBOX = "INBOX"
_logger = logging.getLogger(__name__)


def poll_due(worker: str) -> int:
    """Visit each mailbox whose time has come, one after the other. How many messages were fetched."""
    due = list(_due(worker, clock.now()).order_by("next_poll_at", "id"))
    return sum(poll(mailbox) for mailbox in due if claim(mailbox, worker))


def visit_due(worker: str) -> int:
    """The same for a worker, several at a time: a server that answers slowly keeps no other mailbox waiting.

    How many messages were fetched, and how many visits are still under way.
    """
    due = _due(worker, clock.now()).exclude(pk__in=visits.under_way())
    for mailbox in list(due.order_by("next_poll_at", "id")):
        if visits.has_room() and claim(mailbox, worker):
            visits.begin(mailbox.pk, partial(poll, mailbox))
    return visits.wait(PATIENCE_SECONDS)


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
    began = clock.now()
    try:
        problem, complete = _visit(mailbox, budget)
    except MailProblem as trouble:
        problem, complete = trouble, True
    except StorageError as error:
        problem, complete = MailProblem("storage", str(error)), True
    except Exception as error:
        _logger.exception("a visit to a mailbox failed", extra={"mailbox": mailbox.pk})
        problem, complete = MailProblem("internal", f"{type(error).__name__}: {error}"), True
    _settle(mailbox, problem, complete, began)
    return budget.fetched


def _visit(mailbox: Mailbox, budget: Budget) -> tuple[MailProblem | None, bool]:
    """Read each folder. Answers the problem of a folder, if one had any, and whether everything was fetched."""
    problem: MailProblem | None = None
    complete = True
    if mailbox.protocol == Mailbox.Protocol.POP3:
        with pop3.connected(mailbox) as maildrop:
            return None, read_maildrop(maildrop, mailbox, budget)
    with imap.connected(mailbox) as session:
        for folder in mailbox.folders or [INBOX]:
            try:
                complete = read_folder(session, mailbox, folder, budget) and complete
            except MailProblem as trouble:
                if trouble.code != "folder":
                    raise
                problem = trouble
    return problem, complete


def visit_soon(mailboxes: QuerySet[Mailbox]) -> int:
    """Have these mailboxes visited at once, again where a visit is under way. How many."""
    return mailboxes.update(next_poll_at=None, news_at=clock.now())


def _next_visit(mailbox: Mailbox, failures: int, complete: bool, began: datetime) -> Case:
    """When the mailbox is visited next; at once where there was news since this visit began."""
    now = clock.now()
    pause = pause_after(failures)
    if not failures:
        pause = EVERY_WHILE_LISTENING if mailbox.listening_since else pause
        pause = pause if complete else timedelta()
    return Case(
        When(news_at__gte=began, then=Value(now if not failures else now + pause)),
        default=Value(now + pause),
        output_field=DateTimeField(),
    )


def _settle(mailbox: Mailbox, problem: MailProblem | None, complete: bool, began: datetime) -> None:
    """Let go of the mailbox, with the heartbeat or the problem. Says once when it begins to fail, once when it ends."""
    now = clock.now()
    failures = mailbox.poll_failures + 1 if problem else 0
    values = {
        "claimed_by": "",
        "poll_failures": failures,
        "poll_error": str(problem) if problem else "",
        "failing_since": (mailbox.failing_since or now) if problem else None,
        "polled_at": mailbox.polled_at if problem else now,
        "next_poll_at": _next_visit(mailbox, failures, complete, began),
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
