"""Reading every raw arrival again with today's parser: what was read is put right, what people did is left alone.

Message for message, each in a transaction of its own:

- filed, and still a message: its words, sender, parts are corrected (`conversations.correct_reading`);
- filed, and now something else (a bounce, unreadable): reported, nothing is changed;
- ignored, and now a message of a customer: put into quarantine, so that a person decides;
- quarantined: read again like any arrival that is due (`operations.reprocess_all`), not here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

from django.db import transaction

from mikomi.channels import events
from mikomi.channels.email.reading.message import PARSER_VERSION
from mikomi.channels.erasing import ERASED
from mikomi.channels.models import Intake
from mikomi.channels.processing import TRANSIENT, Readers
from mikomi.channels.verdicts import File, Quarantine, Verdict
from mikomi.conversations import operations as conversations
from mikomi.conversations.models import Message
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.events.kinds import Code
from mikomi.core.events.operations import record
from mikomi.core.live.operations import publish

REPARSED = "reparsed"
DECIDED_BY_PEOPLE = ("dismissed", ERASED)
_AT_ONCE = 200
State = Intake.State


@dataclass(frozen=True, slots=True)
class Change:
    """What another reading changes at one arrival. `what`: names of the message's columns, or one word of
    `now_ignored`, `now_quarantined`, `now_message`, `message_gone`, `unread`."""

    intake_id: int
    what: tuple[str, ...]


@dataclass(slots=True)
class Report:
    """How a run went. `changes`: the first ones; `counts`: all, by what changed."""

    read: int = 0
    changed: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    changes: list[Change] = field(default_factory=list)


MOST_CHANGES_LISTED = 1_000


def reparse(
    *,
    actor: Actor,
    everything: bool = False,
    dry_run: bool = False,
    tell: Callable[[Report], None] = lambda _report: None,
) -> Report:
    """Read again what an older parser read (`everything`: all). May run beside everything else, and again.

    Call it outside transactions; it takes as long as reading takes.
    """
    actor.require(Permission.SETTINGS_MANAGE)
    report = Report()
    with ExitStack() as stack:
        readers = Readers()
        stack.callback(readers.close)
        for intake in _due(everything):
            _note(report, intake, _again(actor, readers, intake, dry_run))
            if report.read % _AT_ONCE == 0:
                tell(report)
    tell(report)
    return report


def _due(everything: bool) -> Iterator[Intake]:
    """By id, in portions: what is corrected is not read a second time in the same run."""
    rows = Intake.objects.filter(channel="email", raw__isnull=False, state__in=[State.FILED, State.IGNORED])
    rows = rows.exclude(reason__in=DECIDED_BY_PEOPLE)
    if not everything:
        rows = rows.filter(parser_version__lt=PARSER_VERSION)
    last = 0
    while portion := list(
        rows.filter(pk__gt=last).select_related("raw", "mailbox").order_by("pk")[:_AT_ONCE]
    ):
        yield from portion
        last = portion[-1].pk


def _again(actor: Actor, readers: Readers, intake: Intake, dry_run: bool) -> tuple[str, ...]:
    try:
        verdict = readers.read(intake)
    except TRANSIENT:
        return ("unread",)
    return _settle(actor, intake, verdict, dry_run)


def _settle(actor: Actor, intake: Intake, verdict: Verdict, dry_run: bool) -> tuple[str, ...]:
    """What the new reading changes, written unless it is only asked for. No effect of a verdict runs a second time."""
    with transaction.atomic():
        mine = Intake.objects.filter(pk=intake.pk, state=intake.state, raw__isnull=False)
        if intake.state == State.FILED:
            what = _correct(actor, verdict, dry_run)
        elif isinstance(verdict, File):
            what = ("now_message",)
            if not dry_run:
                _let_a_person_decide(intake)
        else:
            what = ()
        if not dry_run:
            mine.update(parser_version=verdict.parser_version)
    return what


def _correct(actor: Actor, verdict: Verdict, dry_run: bool) -> tuple[str, ...]:
    if not isinstance(verdict, File):
        return (f"now_{'quarantined' if isinstance(verdict, Quarantine) else 'ignored'}",)
    try:
        return tuple(conversations.correct_reading(actor=actor, reading=verdict.message, dry_run=dry_run))
    except Message.DoesNotExist:
        return ("message_gone",)


def _let_a_person_decide(intake: Intake) -> None:
    """It was ignored, perhaps for years: nothing is owed or sent for it by itself."""
    mine = Intake.objects.filter(pk=intake.pk, state=State.IGNORED)
    if mine.update(state=State.QUARANTINED, reason=REPARSED, attempts=0, claimed_by=""):
        record(events.IntakeQuarantined(intake.pk, Code(intake.channel), Code(REPARSED)))
        publish(["quarantine"])


def _note(report: Report, intake: Intake, what: tuple[str, ...]) -> None:
    report.read += 1
    report.counts.update(what)
    if what:
        report.changed += 1
        if len(report.changes) < MOST_CHANGES_LISTED:
            report.changes.append(Change(intake.pk, what))
