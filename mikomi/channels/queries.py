"""Reads about arrivals: what waits, whether everything is accounted for, whether the mailboxes are read.

They are for everybody who answers customers, not for administrators only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from mikomi.channels.email.problems import MailProblem
from mikomi.channels.erasing import ERASED
from mikomi.channels.models import (
    DkimKey,
    FolderCursor,
    Intake,
    Mailbox,
    MailConsent,
    MailImport,
    MailProvider,
    Sender,
    ServerCopy,
    WebForm,
)
from mikomi.conversations.models import Conversation
from mikomi.conversations.queries.visibility import team_filter, visible
from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.files import queries as files
from mikomi.core.paging import Page, keyset

LATE = timedelta(minutes=5)
"""A heartbeat older than this is worth a warning; a mailbox is visited each half a minute."""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Whether a mailbox is read. `age`: since the last good visit, none before the first. `problem`: what is wrong."""

    mailbox_id: int
    address: str
    polled_at: datetime | None
    age: timedelta | None
    problem: MailProblem | None
    failing_since: datetime | None
    next_poll_at: datetime | None
    send_problem: MailProblem | None
    is_late: bool
    is_read: bool
    listening_since: datetime | None

    @property
    def is_silent(self) -> bool:
        """Whether people should know that nothing comes in."""
        return self.is_read and self.is_late


@dataclass(frozen=True, slots=True)
class FolderBalance:
    """What the server counted in a folder, and where each of these messages is. `difference` should be 0.

    `deleted`: their conversation was deleted, the tombstone keeps them away. `not_handed_out`: messages that the
    server could not give; they are part of the difference.
    """

    mailbox_id: int
    address: str
    folder: str
    checked_at: datetime | None
    server_count: int
    filed: int
    quarantined: int
    ignored: int
    deleted: int
    waiting: int
    not_handed_out: int

    @property
    def accounted_for(self) -> int:
        """The sum of what is known here."""
        return self.filed + self.quarantined + self.ignored + self.deleted + self.waiting

    @property
    def difference(self) -> int:
        """Messages of the server that are not here; negative: more here than there (somebody is moving mail now)."""
        return self.server_count - self.accounted_for


def mailboxes(*, actor: Actor) -> QuerySet[Mailbox]:
    """Every mailbox, by address, for who manages them."""
    actor.require(Permission.SETTINGS_MANAGE)
    return Mailbox.objects.select_related("team").order_by("address")


def mailbox_page(*, actor: Actor, cursor: str = "", size: int = 50) -> Page[Mailbox]:
    """The mailboxes, a page at a time; one query."""
    return keyset(mailboxes(actor=actor), ("address", "id"), cursor, size)


def senders(*, actor: Actor) -> QuerySet[Sender]:
    """Every further address that answers come from, by address, for who manages them."""
    actor.require(Permission.SETTINGS_MANAGE)
    return Sender.objects.select_related("mailbox").order_by("address")


def sender_page(*, actor: Actor, cursor: str = "", size: int = 50) -> Page[Sender]:
    """The further addresses, a page at a time; one query."""
    return keyset(senders(actor=actor), ("address", "id"), cursor, size)


def dkim_keys(*, actor: Actor) -> QuerySet[DkimKey]:
    """The keys by which mails are signed, by domain."""
    actor.require(Permission.SETTINGS_MANAGE)
    return DkimKey.objects.order_by("domain")


def mailbox_choices(*, actor: Actor) -> list[tuple[int, str]]:
    """Ids and addresses of the mailboxes, for who imports old mail."""
    actor.require(Permission.IMPORTS_RUN)
    return list(Mailbox.objects.order_by("address").values_list("pk", "address"))


def providers(*, actor: Actor) -> QuerySet[MailProvider]:
    """The providers that this installation is registered with."""
    actor.require(Permission.SETTINGS_MANAGE)
    return MailProvider.objects.order_by("name", "pk")


def consent_of(*, actor: Actor, mailbox_id: int) -> MailConsent | None:
    """The consent for a mailbox, if it was ever asked for."""
    actor.require(Permission.SETTINGS_MANAGE)
    return MailConsent.objects.select_related("provider").filter(mailbox_id=mailbox_id).first()


def mail_imports(*, actor: Actor, cursor: str = "", size: int = 50) -> Page[MailImport]:
    """Imports of old mail, the newest first."""
    actor.require(Permission.IMPORTS_RUN)
    return keyset(MailImport.objects.select_related("mailbox"), ("-id",), cursor, size)


def mail_import(*, actor: Actor, import_id: int) -> MailImport:
    """One import of old mail. Raises `MailImport.DoesNotExist`."""
    actor.require(Permission.IMPORTS_RUN)
    return MailImport.objects.select_related("mailbox").get(pk=import_id)


def states_of_import(*, actor: Actor, import_id: int) -> dict[str, int]:
    """What became of the messages that an import took in, by state; one query."""
    actor.require(Permission.IMPORTS_RUN)
    rows = Intake.objects.filter(mail_import_id=import_id).values("state").annotate(count=Count("id"))
    return {state.value: 0 for state in Intake.State} | {row["state"]: row["count"] for row in rows}


def refusal_words(reason: str) -> str:
    """Why something in a file was not taken for a message, in the reader's language."""
    words = {
        "not_mail": _("This is not a mail."),
        "too_large": _("The message is too large."),
        "bomb": _("It unpacks to far more than mail does: it was not opened."),
        "damaged": _("This part of the file is damaged."),
    }
    return words.get(reason, reason)


def forms(*, actor: Actor) -> QuerySet[WebForm]:
    """Every contact form, by name."""
    actor.require(Permission.SETTINGS_MANAGE)
    return WebForm.objects.select_related("mailbox", "team").order_by("name", "id")


def public_form(token: str) -> WebForm:
    """The form that a visitor opens. Raises `WebForm.DoesNotExist`."""
    return WebForm.objects.get(token=token, is_active=True)


def heartbeats(*, actor: Actor) -> list[Heartbeat]:
    """How each active mailbox fares."""
    actor.require(Permission.CONVERSATIONS_VIEW)
    now = clock.now()
    return [_heartbeat(box, now) for box in Mailbox.objects.filter(is_active=True).order_by("address")]


def _heartbeat(box: Mailbox, now: datetime) -> Heartbeat:
    age = now - box.polled_at if box.polled_at else None
    return Heartbeat(
        mailbox_id=box.pk,
        address=box.address,
        polled_at=box.polled_at,
        age=age,
        problem=MailProblem.stored(box.poll_error) if box.poll_error else None,
        failing_since=box.failing_since,
        next_poll_at=box.next_poll_at,
        send_problem=MailProblem.stored(box.send_error) if box.send_error else None,
        is_late=bool(box.imap_host) and (age is None or age > LATE),
        is_read=bool(box.imap_host),
        listening_since=box.listening_since,
    )


def reconciliation(*, actor: Actor) -> list[FolderBalance]:
    """Server count against what is here, for each folder as it was last counted. Two queries."""
    actor.require(Permission.CONVERSATIONS_VIEW)
    counts = _counts()
    cursors = FolderCursor.objects.filter(is_current=True, mailbox__is_active=True).select_related("mailbox")
    return [
        _balance(cursor, counts.get((cursor.mailbox_id, cursor.folder, cursor.uid_validity), {}))
        for cursor in cursors.order_by("mailbox__address", "folder")
    ]


_COLUMNS = ("filed", "quarantined", "ignored", "deleted", "waiting", "not_handed_out")


def _counts() -> dict[tuple[int, str, int], dict[str, int]]:
    """By folder, how many messages of the server are in which state."""
    deleted = Q(intake__reason=ERASED) | Q(
        intake__state=Intake.State.FILED,
        intake__conversation_id__in=Conversation.objects.filter(deleted_at__isnull=False).values("pk"),
    )
    rows = (
        ServerCopy.objects.filter(gone_at=None)
        .values("mailbox_id", "folder", "uid_validity")
        .annotate(
            deleted=Count("id", filter=deleted),
            filed=Count("id", filter=Q(intake__state=Intake.State.FILED) & ~deleted),
            quarantined=Count("id", filter=Q(intake__state=Intake.State.QUARANTINED)),
            ignored=Count("id", filter=Q(intake__state=Intake.State.IGNORED) & ~deleted),
            waiting=Count("id", filter=Q(intake__state=Intake.State.RECEIVED)),
            not_handed_out=Count("id", filter=Q(intake=None)),
        )
    )
    found: dict[tuple[int, str, int], dict[str, int]] = {}
    for row in rows:
        values: dict[str, Any] = dict(row)
        place = values["mailbox_id"], values["folder"], values["uid_validity"]
        found[place] = {name: values[name] for name in _COLUMNS}
    return found


def _balance(cursor: FolderCursor, counts: dict[str, int]) -> FolderBalance:
    return FolderBalance(
        mailbox_id=cursor.mailbox_id,
        address=cursor.mailbox.address,
        folder=cursor.folder,
        checked_at=cursor.checked_at,
        server_count=cursor.server_count or 0,
        **{name: counts.get(name, 0) for name in _COLUMNS},
    )


_OWN = ("own_message", "own_address")


def seen(actor: Actor) -> QuerySet[Intake]:
    """The arrivals that exist for this person: in a conversation that does, or in none and in a mailbox of their
    teams, or of no team. Copies of our own mail are in none: in a mailbox of no team they may be answers of any, and
    exist for who sees all of them."""
    place = visible(actor).filter(pk=OuterRef("conversation_id"))
    outside = Q(conversation_id=None) & team_filter(actor, "mailbox__")
    if not actor.sees_all_teams:
        outside &= ~Q(state=Intake.State.IGNORED, reason__in=_OWN, mailbox__team_id=None)
    return Intake.objects.filter(outside | Exists(place))


def arrivals(*, actor: Actor, state: str = "quarantined", cursor: str = "", size: int = 50) -> Page[Intake]:
    """Raw arrivals in one state, the newest first."""
    rows = seen(actor).filter(state=state).select_related("mailbox")
    return keyset(rows, ("-id",), cursor, size)


def arrival(*, actor: Actor, intake_id: int) -> Intake:
    """One arrival. Raises `Intake.DoesNotExist`, also where it is another team's."""
    return seen(actor).select_related("mailbox", "raw").get(pk=intake_id)


def raw_bytes(*, actor: Actor, intake_id: int) -> bytes:
    """The bytes as they arrived, for download. Raises `Intake.DoesNotExist`, `FileMissingError`."""
    intake = arrival(actor=actor, intake_id=intake_id)
    if intake.raw_id is None:
        raise files.FileMissingError("The bytes were erased.")
    return files.read(intake.raw_id)


def caught_count(*, actor: Actor) -> int:
    """How many arrivals are in quarantine, for the inbox; one query, which reads an index of these alone."""
    return seen(actor).filter(state=Intake.State.QUARANTINED).count()


def reason_words(intake: Intake) -> str:
    """Why an arrival was not filed, in the reader's language."""
    return _reasons().get(intake.reason, intake.reason)


def _reasons() -> dict[str, str]:
    return {
        "unreadable": _("The message could not be read."),
        "no_sender": _("The message has no sender who could be answered."),
        "too_large": _("The message is too large to be read. Its bytes are kept and can be downloaded."),
        "too_slow": _("Reading the message took too long."),
        "reader_died": _("Reading the message used too much memory."),
        "crashed": _("Reading the message ended the program several times."),
        "error": _("An error happened while the message was filed."),
        "raw_missing": _("The bytes of the message are missing from the data folder. Restore a backup."),
        "honeypot": _("It looks like the work of a program: a field that people don't see was filled in."),
        "too_fast": _("It looks like the work of a program: the form was sent within seconds."),
        "own_message": _("A message of our own that came back to the mailbox."),
        "own_address": _("It was sent from one of our own addresses."),
        "bounce": _(
            "A report on a message of ours that could not be delivered; it is noted at that message."
        ),
        "complaint": _("A reader's complaint about a message of ours; it is noted at that message."),
        "complaint_unknown": _("A reader's complaint about a message that was not sent from here."),
        "bounce_unknown": _("A report on a message that was not sent from here."),
        "reparsed": _(
            "It was ignored, and a newer reading takes it for a customer's message. Read it again to file it."
        ),
        "dismissed": _("Somebody put it aside."),
        "erased": _("The conversation was deleted; only a mark is left."),
    }
