"""Mailboxes: entering them, trying them out, switching them off, fetching at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Literal

from django.db import transaction
from django.utils.translation import gettext as _

from mikomi.channels.email import consents, imap, pop3, smtp
from mikomi.channels.email.poll import INBOX, visit_soon
from mikomi.channels.email.problems import MailProblem
from mikomi.channels.models import Mailbox, MailConsent
from mikomi.core import clock, secrets
from mikomi.core.access import operations as access
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.business.models import Team
from mikomi.customers.rules.identities import email_value

TEST_SECONDS = 15.0
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
MOST_FOLDERS = 50


class SettingsRefusedError(ValueError):
    """Something has to be put right first; nothing was saved. `errors`: by field, in the reader's language."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class MailboxSettings:
    """What a person enters. A password of none leaves the stored one as it is, while its server is the same.

    `backfill_until`: mails that arrived before it are history; none: before the mailbox was entered.
    """

    address: str
    display_name: str = ""
    signature: str = ""
    team_id: int | None = None
    sign_in: str = Mailbox.SignIn.PASSWORD.value
    protocol: str = Mailbox.Protocol.IMAP.value
    imap_host: str = ""
    imap_port: int = 993
    imap_security: str = Mailbox.Security.TLS.value
    imap_user: str = ""
    imap_password: str | None = None
    folders: tuple[str, ...] = ()
    after_reading: str = Mailbox.AfterReading.KEEP.value
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_security: str = Mailbox.Security.STARTTLS.value
    smtp_user: str = ""
    smtp_password: str | None = None
    uses_plus_addresses: bool = False
    backfill_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ConnectionReport:
    """How a trial went. A problem of none: it works. `folders`: those on the server, to choose from."""

    reading: MailProblem | None
    sending: MailProblem | None
    folders: tuple[str, ...] = ()
    message_count: int | None = None

    @property
    def works(self) -> bool:
        """Whether both ways can be used."""
        return self.reading is None and self.sending is None


def save_mailbox(*, actor: Actor, settings: MailboxSettings, mailbox_id: int | None = None) -> Mailbox:
    """Enter a mailbox or change one. Raises `SettingsRefusedError`, `Mailbox.DoesNotExist`."""
    actor.require(Permission.SETTINGS_MANAGE)
    with transaction.atomic():
        known = Mailbox.objects.select_for_update().get(pk=mailbox_id) if mailbox_id else None
        return _saved(actor, settings, known)


def change_mailbox(*, actor: Actor, mailbox_id: int, changes: Mapping[str, Any]) -> Mailbox:
    """Change what is named (by the names of `MailboxSettings`); the rest stays as it is at that moment.

    Raises `SettingsRefusedError`, `Mailbox.DoesNotExist`.
    """
    actor.require(Permission.SETTINGS_MANAGE)
    with transaction.atomic():
        known = Mailbox.objects.select_for_update().get(pk=mailbox_id)
        same = {name: getattr(known, name) for name in _PLAIN}
        stored = MailboxSettings(address=known.address, folders=tuple(known.folders), **same)
        return _saved(actor, replace(stored, **changes), known)


def _saved(actor: Actor, settings: MailboxSettings, known: Mailbox | None) -> Mailbox:
    """Write what was entered, inside the transaction that holds the known mailbox."""
    if errors := _errors(settings, known):
        raise SettingsRefusedError(errors)
    if known is not None and (_moves(known, settings, "imap") or _moves(known, settings, "smtp")):
        consents.forget_tokens(MailConsent.objects.filter(mailbox=known))
    mailbox = _filled(known or Mailbox(), settings)
    if known is None or settings.backfill_until is not None:
        mailbox.backfill_until = settings.backfill_until or clock.now()
    mailbox.next_poll_at, mailbox.poll_failures = None, 0
    mailbox.save()
    access.log("mailbox.saved", actor=actor, subject_type="mailbox", subject_id=mailbox.pk)
    return mailbox


def _moves(known: Mailbox, settings: MailboxSettings, kind: Literal["imap", "smtp"]) -> bool:
    """Whether a mailbox is to sign in to another server than before: what opens the old one is not for that."""
    names = (f"{kind}_host", f"{kind}_port", f"{kind}_security")
    is_used = bool(getattr(settings, names[0]))
    return is_used and any(getattr(known, name) != getattr(settings, name) for name in names)


_PLAIN = {field.name for field in fields(MailboxSettings)} - {
    "imap_password",
    "smtp_password",
    "folders",
    "backfill_until",
    "address",
}


def _filled(mailbox: Mailbox, settings: MailboxSettings) -> Mailbox:
    mailbox.imap_secret = _secret(mailbox, settings, "imap")
    mailbox.smtp_secret = _secret(mailbox, settings, "smtp")
    for name in _PLAIN:
        setattr(mailbox, name, getattr(settings, name))
    mailbox.address = email_value(settings.address) or settings.address
    mailbox.folders = [name.strip() for name in settings.folders if name.strip()]
    return mailbox


def _secret(known: Mailbox, settings: MailboxSettings, kind: Literal["imap", "smtp"]) -> str:
    password: str | None = getattr(settings, f"{kind}_password")
    if password is not None:
        return secrets.seal(password)
    kept: str = getattr(known, f"{kind}_secret")
    return "" if _moves(known, settings, kind) else kept


def _errors(settings: MailboxSettings, known: Mailbox | None) -> dict[str, str]:
    errors = _wrong_server("imap", settings.imap_host, settings.imap_port, settings.imap_security)
    errors |= _wrong_server("smtp", settings.smtp_host, settings.smtp_port, settings.smtp_security)
    if known is not None and not errors:
        errors |= _wanted_again(known, settings, "imap") | _wanted_again(known, settings, "smtp")
    address = email_value(settings.address)
    if not address:
        errors["address"] = _("This is not an e-mail address.")
    elif Mailbox.objects.filter(address=address).exclude(pk=known.pk if known else 0).exists():
        errors["address"] = _("There is a mailbox with this address already.")
    if settings.sign_in == Mailbox.SignIn.PASSWORD and not settings.imap_host and not settings.smtp_host:
        errors["imap_host"] = _("Enter the server for reading, the one for sending, or both.")
    if len(settings.folders) > MOST_FOLDERS or any(len(name) > 255 for name in settings.folders):
        errors["folders"] = _("At most %(most)s folders with names of at most 255 characters.") % {
            "most": MOST_FOLDERS
        }
    if len(settings.display_name) > 200 or any(char < " " for char in settings.display_name):
        errors["display_name"] = _("Please write a shorter name, on one line.")
    if settings.team_id and not Team.objects.filter(pk=settings.team_id).exists():
        errors["team_id"] = _("Choose one of the list.")
    if settings.backfill_until is not None and settings.backfill_until > clock.now():
        errors["backfill_until"] = _("This moment has not come yet. New mail would be taken for history.")
    return errors | _wrong_choices(settings)


def _wanted_again(known: Mailbox, settings: MailboxSettings, kind: Literal["imap", "smtp"]) -> dict[str, str]:
    """The password that a changed server asks for. Where consent takes its place the old one is only forgotten."""
    is_kept = getattr(known, f"{kind}_secret") and getattr(settings, f"{kind}_password") is None
    if is_kept and settings.sign_in == Mailbox.SignIn.PASSWORD and _moves(known, settings, kind):
        return {f"{kind}_password": _("The server is another one now. Enter its password.")}
    return {}


def _wrong_choices(settings: MailboxSettings) -> dict[str, str]:
    errors: dict[str, str] = {}
    if settings.protocol not in Mailbox.Protocol.values:
        errors["protocol"] = _("Choose one of the list.")
    if settings.sign_in not in Mailbox.SignIn.values:
        errors["sign_in"] = _("Choose one of the list.")
    is_pop3 = settings.protocol == Mailbox.Protocol.POP3
    wrong = Mailbox.AfterReading.SEEN if is_pop3 else Mailbox.AfterReading.DELETE
    if settings.after_reading not in Mailbox.AfterReading.values:
        errors["after_reading"] = _("Choose one of the list.")
    elif settings.after_reading == wrong:
        errors["after_reading"] = (
            _("POP3 knows no mark for messages that were read.")
            if is_pop3
            else _("Nothing is deleted over IMAP: leave it as it is or mark it as read.")
        )
    return errors


def _wrong_server(kind: str, host: str, port: int, security: str) -> dict[str, str]:
    if not host:
        return {}
    errors: dict[str, str] = {}
    if len(host) > 255 or any(char.isspace() or char in "/@" for char in host):
        errors[f"{kind}_host"] = _("Only the server's name belongs here, for example mail.example.jp.")
    if not 1 <= port <= 65535:
        errors[f"{kind}_port"] = _("A port is a number from 1 to 65535.")
    if security not in Mailbox.Security.values or (kind, security) == ("imap", Mailbox.Security.FOLDER):
        errors[f"{kind}_security"] = _("Choose one of the list.")
    elif security == Mailbox.Security.NONE and host not in THIS_MACHINE:
        errors[f"{kind}_security"] = _("Without encryption only a server on this machine may be used.")
    return errors


def switch_mailbox(*, actor: Actor, mailbox_id: int, active: bool) -> Mailbox:
    """Switch a mailbox on or off. What it has received stays."""
    actor.require(Permission.SETTINGS_MANAGE)
    with transaction.atomic():
        mailbox = Mailbox.objects.select_for_update().get(pk=mailbox_id)
        mailbox.is_active, mailbox.next_poll_at = active, None
        mailbox.save(update_fields=["is_active", "next_poll_at"])
        detail = {"active": active}
        access.log(
            "mailbox.switched", actor=actor, subject_type="mailbox", subject_id=mailbox.pk, detail=detail
        )
    return mailbox


def fetch_now(*, actor: Actor, mailbox_id: int | None = None) -> int:
    """Let the worker visit a mailbox (or all) at once. How many; none: it is paused, or not read.

    Raises `Mailbox.DoesNotExist`.
    """
    actor.require(Permission.CONVERSATIONS_VIEW)
    boxes = Mailbox.objects.filter(is_active=True).exclude(imap_host="")
    if mailbox_id is not None:
        boxes = boxes.filter(pk=Mailbox.objects.get(pk=mailbox_id).pk)
    return visit_soon(boxes)


def test_connection(
    *,
    actor: Actor,
    mailbox_id: int | None = None,  # noqa: PT028
    settings: MailboxSettings | None = None,  # noqa: PT028
) -> ConnectionReport:
    """Try a stored mailbox, or settings before they are saved (with the passwords that are given there alone).

    Nothing is read or sent. Takes seconds: call it outside transactions. Raises `Mailbox.DoesNotExist`.
    """
    actor.require(Permission.SETTINGS_MANAGE)
    mailbox = _filled(Mailbox(), settings) if settings else Mailbox.objects.get(pk=mailbox_id or 0)
    reading, folders, count = _try_reading(mailbox)
    return ConnectionReport(reading, _try_sending(mailbox), folders, count)


def _try_reading(mailbox: Mailbox) -> tuple[MailProblem | None, tuple[str, ...], int | None]:
    if not mailbox.imap_host:
        return None, (), None
    names: tuple[str, ...] = ()
    count = 0
    try:
        if mailbox.protocol == Mailbox.Protocol.POP3:
            with pop3.connected(mailbox, timeout=TEST_SECONDS) as maildrop:
                return None, (), len(maildrop.held())
        with imap.connected(mailbox, timeout=TEST_SECONDS) as session:
            names = tuple(session.folder_names())
            for folder in mailbox.folders or [INBOX]:
                count += session.examine(folder).count
    except MailProblem as problem:
        return problem, names, None
    return None, names, count


def _try_sending(mailbox: Mailbox) -> MailProblem | None:
    if not mailbox.smtp_host:
        return None
    try:
        with smtp.connected(mailbox, timeout=TEST_SECONDS):
            return None
    except MailProblem as problem:
        return problem


test_connection.__test__ = False  # type: ignore[attr-defined]  # pytest takes every test_… for one of its own
