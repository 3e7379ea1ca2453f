"""What `mikomi doctor` and the health page look at: each check says what is wrong and how to mend it."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.checks import run_checks
from django.db import DatabaseError, connection

from mikomi.core import clock

LEAST_FREE_BYTES = 500_000_000
STALE_POLL = timedelta(minutes=15)
STALE_WORKER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Finding:
    """`ok` none: worth knowing, nothing is wrong. `remedy` says how to mend it."""

    name: str
    ok: bool | None
    text: str
    remedy: str = ""


def python_version() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("Python", sys.version_info >= (3, 11), version, "Install Python 3.11 or newer.")


def data_folder() -> Iterator[Finding]:
    folder = settings.DATA_DIR
    writable = folder.is_dir() and os.access(folder, os.W_OK)
    yield Finding("Data folder", writable, str(folder), "Make the folder and let Mikomi's user write to it.")
    if writable:
        free = shutil.disk_usage(folder).free
        yield Finding(
            "Disk", free > LEAST_FREE_BYTES, f"{free / 1e9:.1f} GB free", "Make room: intake needs it."
        )


def database() -> Iterator[Finding]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        yield Finding(
            "Database", False, str(error).strip(), "Check MIKOMI_DATABASE and that the server runs."
        )
        return
    yield Finding("Database", True, connection.vendor)
    if connection.vendor == "sqlite":
        yield from _sqlite()


def _sqlite() -> Iterator[Finding]:
    version = sqlite3.sqlite_version
    modern = sqlite3.sqlite_version_info >= (3, 35)
    yield Finding("SQLite", modern, version, "Use a Python with SQLite 3.35 or newer.")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check(1)")
        result = cursor.fetchone()[0]
    yield Finding(
        "Integrity", result == "ok", result, "Restore the last backup: mikomi restore FILE --replace"
    )


def migrations() -> Iterator[Finding]:
    from mikomi.ops.upgrading import has_pending_migrations

    pending = has_pending_migrations()
    text = "older than this version" if pending else "up to date"
    yield Finding("Schema", not pending, text, "Make a backup, then run: mikomi upgrade")


def system_checks() -> Iterator[Finding]:
    found = run_checks(include_deployment_checks=settings.PRODUCTION)
    for message in found:
        yield Finding("Settings", None if message.level < 30 else False, message.msg, message.hint or "")
    if not found:
        yield Finding("Settings", True, "no complaint")


def people() -> Iterator[Finding]:
    from mikomi.core.access.models import User
    from mikomi.core.access.rules import Role

    count = User.objects.filter(role=Role.OWNER, is_active=True).count()
    yield Finding("Owners", count > 0, str(count), "Open the first page, or run: mikomi createowner ADDRESS")


def workers() -> Iterator[Finding]:
    from mikomi.core.work.models import Worker

    newest = Worker.objects.order_by("-beat_at").first()
    alive = newest is not None and newest.beat_at > clock.now() - STALE_WORKER
    text = f"last beat {newest.beat_at:%Y-%m-%d %H:%M:%S} UTC" if newest else "none has run yet"
    yield Finding("Worker", alive, text, "Start it: mikomi worker, or mikomi serve --with-worker")


def mailboxes() -> Iterator[Finding]:
    from mikomi.channels.email.problems import MailProblem
    from mikomi.channels.models import Mailbox

    for box in Mailbox.objects.filter(is_active=True).exclude(imap_host=""):
        stored = [text for text in (box.poll_error, box.send_error) if text]
        problems = " ".join(f"{MailProblem.stored(text).sentence} ({text})" for text in stored)
        good = box.polled_at is not None and box.polled_at > clock.now() - STALE_POLL and not problems
        poll = f"last poll {box.polled_at:%Y-%m-%d %H:%M} UTC" if box.polled_at else "not polled yet"
        text = problems or poll
        yield Finding(
            f"Mailbox {box.address}", good, text, "Open Settings › Mailboxes and test the connection."
        )


def mail_doors() -> Iterator[Finding]:
    for _protocol, host, port in settings.MAIL_LISTEN:
        try:
            socket.create_connection((host, port), timeout=3).close()
            answers = True
        except OSError:
            answers = False
        text = f"{host}:{port} " + ("answers" if answers else "does not answer")
        yield Finding("Mail door", answers, text, "Start the worker, and check MIKOMI_MAIL_LISTEN.")


def unfinished() -> Iterator[Finding]:
    from mikomi.channels.models import Intake
    from mikomi.core.events.models import Delivery

    stuck = Delivery.objects.filter(state=Delivery.State.FAILED).count()
    yield Finding(
        "Plays", stuck == 0, f"{stuck} failed", "Open Settings › Operations: each says why; retry there."
    )
    caught = Intake.objects.filter(state=Intake.State.QUARANTINED).count()
    yield Finding("Quarantine", caught == 0, f"{caught} messages", "Open Settings › Quarantine.")


BASIC: tuple[Callable[[], Iterator[Finding]], ...] = (python_version, data_folder, database)
FULL = (migrations, system_checks, people, workers, mailboxes, mail_doors, unfinished)


def check_up() -> Iterator[Finding]:
    """Every finding; what stands on the database is looked at only when that answers and is up to date."""
    usable = True
    for check in BASIC:
        for finding in check():
            usable = usable and finding.ok is not False
            yield finding
    if not usable:
        return
    for check in FULL:
        for finding in check():
            yield finding
            if finding.name == "Schema" and not finding.ok:
                return
