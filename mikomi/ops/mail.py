"""What `mikomi mail …` does, with its progress on the screen."""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path

from django.conf import settings

from mikomi import config
from mikomi.channels import operations, reparsing
from mikomi.channels.email import importing, mailserver
from mikomi.channels.email.archives import NotAnArchiveError
from mikomi.channels.models import Mailbox, MailImport
from mikomi.channels.reparsing import Report
from mikomi.core.access.actor import SYSTEM
from mikomi.ops.cli import CommandError


def take_in(path: Path, address: str) -> int:
    """Import a file or folder. 0, or 1 when it failed on the way (run it again: nothing comes twice)."""
    mailbox = _mailbox(address)
    try:
        job = operations.begin_mail_import(actor=SYSTEM, mailbox_id=mailbox.pk, path=path)
        importing.run(job, path, _say_progress)
    except (OSError, NotAnArchiveError) as error:
        raise CommandError(f"{path} can't be read: {error}") from error
    print(f"\r{job.taken_count} taken in, {job.known_count} known already, {job.refused_count} refused.")
    for item in job.refused:
        print(f"  {item['name']}: {item['reason']}")
    if job.state != MailImport.State.DONE:
        print(f"It ended early: {job.error}. Run it again; nothing comes twice.", file=sys.stderr)
        return 1
    return 0


def _mailbox(address: str) -> Mailbox:
    boxes = Mailbox.objects.filter(address=address.lower()) if address else Mailbox.objects.all()
    found = list(boxes[:2])
    if len(found) != 1:
        known = ", ".join(Mailbox.objects.values_list("address", flat=True)) or "none"
        raise CommandError(f"Name the mailbox with --mailbox ADDRESS. There are: {known}.")
    return found[0]


def _say_progress(job: MailImport) -> None:
    share = job.bytes_done / job.bytes_total if job.bytes_total else 1.0
    print(f"\r{share:4.0%}  {job.items_done} messages", end="", flush=True)


def read_again(*, everything: bool, dry_run: bool) -> int:
    """Read stored mail again and say what changed."""
    report = reparsing.reparse(actor=SYSTEM, everything=everything, dry_run=dry_run, tell=_say_read)
    would = "would change" if dry_run else "changed"
    print(f"\r{report.read} messages read again, {report.changed} {would}.")
    for what, count in report.counts.most_common():
        print(f"  {what}: {count}")
    for change in report.changes[:50]:
        print(f"  arrival {change.intake_id}: {', '.join(change.what)}")
    return 0


def _say_read(report: Report) -> None:
    print(f"\r{report.read} messages", end="", flush=True)


def listen(at: str) -> int:
    """Take mail until told to stop (Ctrl-C, SIGTERM)."""
    try:
        doors = [mailserver.Door(*spec) for spec in (config.doors(at) if at else settings.MAIL_LISTEN)]
    except ValueError as error:
        raise CommandError(f"{at} is not of the form smtp://HOST:PORT or lmtp://HOST:PORT.") from error
    if not doors:
        raise CommandError(
            "Say where: mikomi mail listen --at smtp://127.0.0.1:2525, or set MIKOMI_MAIL_LISTEN."
        )
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    print("Listening at " + ", ".join(f"{one.protocol}://{one.host}:{one.port}" for one in doors), flush=True)
    try:
        mailserver.listen(doors, stop)
    except OSError as error:
        raise CommandError(f"The port can't be used: {error}") from error
    return 0
