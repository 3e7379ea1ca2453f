"""Raw arrivals become messages: claim, read, and one transaction per arrival that ends it in one state.

Reading happens outside the transaction. The last word has one conditional UPDATE: of two processes that read the
same arrival, one files it and the other writes nothing.
"""

from __future__ import annotations

import atexit
import logging
import traceback
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, Min, Q

from mikomi.channels import events
from mikomi.channels.models import Intake
from mikomi.channels.registry import Read, channel_named
from mikomi.channels.verdicts import File, Ignore, Quarantine, Verdict
from mikomi.conversations import operations as conversations
from mikomi.core import bulk, clock
from mikomi.core.access.actor import SYSTEM
from mikomi.core.events.kinds import Code
from mikomi.core.events.operations import record
from mikomi.core.live.operations import publish
from mikomi.core.steady import steady

State = Intake.State
AT_ONCE = 50
MOST_ATTEMPTS = 5
"""An arrival at which so many workers died is quarantined."""
AFTER_DEATH = timedelta(seconds=5)
"""How long an arrival at which a worker died lets others go first; doubled with each."""
AFTER_TROUBLE = timedelta(seconds=30)
TRANSIENT = (OperationalError, InterfaceError, OSError)
"""Trouble with the database or the disk: no fault of the arrival, which is tried again later."""
_LONGEST_ERROR = 4_000
_logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Readers:
    """The readers of the channels, opened when first needed and closed together."""

    stack: ExitStack = field(default_factory=ExitStack)
    opened: dict[str, Read] = field(default_factory=dict)

    def close(self) -> None:
        """End what was opened; it is opened anew when it is needed again."""
        self.opened.clear()
        self.stack.close()

    def read(self, intake: Intake) -> Verdict:
        """What its channel makes of the arrival; whatever goes wrong with it is a verdict, too."""
        if intake.attempts >= MOST_ATTEMPTS:
            return Quarantine("crashed", f"{MOST_ATTEMPTS} attempts ended without a result")
        try:
            return self._of(intake.channel)(intake)
        except FileNotFoundError as error:
            return Quarantine("raw_missing", str(error))
        except TRANSIENT:
            raise
        except Exception:
            _logger.exception("an arrival can't be read", extra={"intake": intake.pk})
            return Quarantine("error", traceback.format_exc(limit=-8))

    def _of(self, channel: str) -> Read:
        if channel not in self.opened:
            reading = channel_named(channel).reading
            if reading is None:
                raise LookupError(f"Nothing arrives by the channel {channel!r}.")
            self.opened[channel] = self.stack.enter_context(reading())
        return self.opened[channel]


def process_due(worker: str, limit: int = AT_ONCE) -> int:
    """Make messages of what has arrived, the oldest first. How many arrivals came to an end."""
    readers = _kept_open.setdefault(worker, Readers())
    try:
        claimed = _claim(worker, limit)
        if not claimed:
            readers.close()
        with steady():
            return sum(_process_claimed(readers, intake) for intake in claimed)
    except BaseException:
        readers.close()
        raise


_kept_open: dict[str, Readers] = {}
"""By worker: a reader's process stays while there is work, since its start costs more than many messages."""


@atexit.register
def _close_readers() -> None:
    for readers in _kept_open.values():
        readers.close()


def _claim(worker: str, limit: int) -> list[Intake]:
    now = clock.now()
    # A claim of one's own is left over from a round that broke off.
    due = Intake.objects.filter(state=State.RECEIVED, claimed_by__in=["", worker])
    due = due.filter(Q(next_attempt_at=None) | Q(next_attempt_at__lte=now))
    # What came by mail today goes before a file of old mail, however long that is.
    today = due.filter(mail_import=None).order_by("id").values_list("pk", flat=True)[:limit]
    ids = list(today) or list(due.order_by("id").values_list("pk", flat=True)[:limit])
    if not ids:
        return []
    mine = Intake.objects.filter(pk__in=ids, state=State.RECEIVED)
    with transaction.atomic(durable=True):
        mine.filter(claimed_by__in=["", worker]).update(claimed_by=worker)
    return list(mine.filter(claimed_by=worker).select_related("raw", "mailbox").order_by("id"))


def free_claims(workers: Sequence[str]) -> int:
    """Let go of what dead workers had claimed. Arrivals are read in order, so the first one was at hand.

    That one may have ended the program: it is counted, and the others go before it.
    """
    theirs = Intake.objects.filter(state=State.RECEIVED, claimed_by__in=list(workers))
    suspects = theirs.values("claimed_by").annotate(first=Min("id")).values_list("first", flat=True)
    for intake in Intake.objects.filter(pk__in=list(suspects)):
        later = clock.now() + AFTER_DEATH * int(2 ** min(intake.attempts, 6))
        theirs.filter(pk=intake.pk).update(attempts=F("attempts") + 1, next_attempt_at=later)
    return theirs.update(claimed_by="")


def _process_claimed(readers: Readers, intake: Intake) -> int:
    """One arrival. Trouble with the disk or the database is not its fault: it is tried again later."""
    try:
        return int(finish(intake, readers.read(intake)))
    except TRANSIENT as error:
        _logger.exception("an arrival has to wait", extra={"intake": intake.pk})
        Intake.objects.filter(pk=intake.pk, state=State.RECEIVED).update(
            claimed_by="", next_attempt_at=clock.now() + AFTER_TROUBLE, error=str(error)[:_LONGEST_ERROR]
        )
        return 0


def process_now(intake: Intake) -> Intake:
    """Read one arrival at once, for whoever waits for it. If that fails the worker takes it up."""
    readers = Readers()
    try:
        finish(intake, readers.read(intake))
    except TRANSIENT:
        _logger.exception("an arrival is left to the worker", extra={"intake": intake.pk})
    finally:
        readers.close()
    intake.refresh_from_db()
    return intake


def finish(intake: Intake, verdict: Verdict) -> bool:
    """End an arrival, with everything that follows, in one transaction. False: another process has ended it.

    A verdict that can't be written (its own fault, not the database's) becomes a quarantine.
    """
    try:
        with transaction.atomic(durable=True):
            return _write(intake, verdict)
    except TRANSIENT:
        raise
    except Exception:
        _logger.exception("an arrival can't be filed", extra={"intake": intake.pk})
        with transaction.atomic(durable=True):
            return _write(intake, Quarantine("error", traceback.format_exc(limit=-8), verdict.detail))


_STATES = {File: State.FILED, Ignore: State.IGNORED, Quarantine: State.QUARANTINED}


def _write(intake: Intake, verdict: Verdict) -> bool:
    values: dict[str, Any] = {
        "state": _STATES[type(verdict)].value,
        "reason": "" if isinstance(verdict, File) else verdict.reason,
        "error": verdict.error[:_LONGEST_ERROR] if isinstance(verdict, Quarantine) else "",
        "detail": intake.detail | verdict.detail,
        "parser_version": verdict.parser_version,
        "claimed_by": "",
        "finished_at": clock.now(),
    }
    if isinstance(verdict, File):
        message = conversations.receive_messages(actor=SYSTEM, messages=[verdict.message])[0]
        values["conversation_id"] = message.conversation_id
    if bulk.change(Intake, values, id=intake.pk, state=State.RECEIVED.value) != 1:
        transaction.set_rollback(True)
        return False
    for effect in verdict.effects:
        effect()
    if isinstance(verdict, Quarantine):
        record(events.IntakeQuarantined(intake.pk, Code(intake.channel), Code(verdict.reason)))
        publish(["quarantine"])
    return True
