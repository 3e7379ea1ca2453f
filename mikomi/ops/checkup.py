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
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection

from mikomi.core import clock, secrets
from mikomi.core.files import scanning

if TYPE_CHECKING:
    from mikomi.channels.models import DkimKey

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


def file_store() -> Iterator[Finding]:
    from mikomi.core.files.blobs import blobs

    if not settings.FILES_STORE:
        yield Finding("File store", None, "none (MIKOMI_FILES is empty): files lie in the data folder")
        return
    try:
        blobs().probe()
    except (OSError, ImproperlyConfigured) as error:
        remedy = "Check bucket, endpoint and region in MIKOMI_FILES, and that the key may put, get and delete there."
        yield Finding("File store", False, str(error), remedy)
    else:
        yield Finding("File store", True, "a probe was written, read and deleted")


def virus_scanner() -> Iterator[Finding]:
    if not settings.CLAMD:
        yield Finding("Virus scanner", None, "none (MIKOMI_CLAMD is empty): attachments are not scanned")
        return
    try:
        scanning.ping()
    except OSError as error:
        remedy = "Start clamd, or correct MIKOMI_CLAMD; until then attachments are held back as not scanned."
        yield Finding("Virus scanner", False, f"{settings.CLAMD} {error}", remedy)
    else:
        yield Finding("Virus scanner", True, f"{settings.CLAMD} answers")


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


def signing_keys() -> Iterator[Finding]:
    from mikomi.channels.models import DkimKey

    for key in DkimKey.objects.filter(is_active=True).order_by("domain"):
        yield _signing_key(key)


def _signing_key(key: DkimKey) -> Finding:
    from mikomi.channels.email import signing

    name, place = f"DKIM {key.domain}", f"{key.selector}._domainkey.{key.domain}"
    anew = "Make a new key under Settings › Sending; until then no mail of this domain leaves."
    try:
        signing.check(key)
        published = signing.is_published(key)
    except secrets.SealError as error:
        return Finding(name, False, str(error), anew)
    except signing.WrongKeyError:
        return Finding(name, False, "the stored key is damaged or not the one of its record", anew)
    except OSError as error:
        return Finding(name, None, f"the key is good; the DNS could not be asked for {place} ({error})")
    text = "the key is good, its record stands" if published else "the key is good, its record doesn't stand"
    publish = "Put the record that Settings › Sending shows into the DNS, or switch the key off there."
    return Finding(name, published, f"{text} at {place}", publish)


def unfinished() -> Iterator[Finding]:
    from mikomi.channels.models import Intake
    from mikomi.core.events.models import Delivery

    stuck = Delivery.objects.filter(state=Delivery.State.FAILED).count()
    yield Finding(
        "Plays", stuck == 0, f"{stuck} failed", "Open Settings › Operations: each says why; retry there."
    )
    caught = Intake.objects.filter(state=Intake.State.QUARANTINED).count()
    yield Finding("Quarantine", caught == 0, f"{caught} messages", "Open Settings › Quarantine.")


Check = Callable[[], Iterator[Finding]]
BASIC: tuple[Check, ...] = (python_version, data_folder, database)
FULL: tuple[Check, ...] = (
    migrations, file_store, virus_scanner, system_checks, people, workers, mailboxes, mail_doors, signing_keys,
    unfinished,
)  # fmt: skip


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
