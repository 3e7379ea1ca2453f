"""Further senders, and the keys by which mails are signed."""

from __future__ import annotations

import re

from django.db import transaction
from django.utils.translation import gettext as _

from mikomi.channels.email import signing
from mikomi.channels.models import DkimKey, Mailbox, Sender
from mikomi.channels.operations.mailboxes import SettingsRefusedError
from mikomi.core import clock, secrets
from mikomi.core.access import operations as access
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.customers.rules.identities import email_value

_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?")


@transaction.atomic
def save_sender(
    *,
    actor: Actor,
    mailbox_id: int,
    address: str,
    display_name: str = "",
    signature: str = "",
    is_active: bool = True,
    sender_id: int | None = None,
) -> Sender:
    """Enter a further address that answers come from, or change one. Raises `SettingsRefusedError`."""
    actor.require(Permission.SETTINGS_MANAGE)
    value = email_value(address)
    errors = _wrong(value, display_name, mailbox_id, sender_id)
    if errors:
        raise SettingsRefusedError(errors)
    row = Sender.objects.get(pk=sender_id) if sender_id else Sender()
    row.mailbox_id, row.address, row.is_active = mailbox_id, value or "", is_active
    row.display_name, row.signature = display_name.strip(), signature.strip()
    row.save()
    access.log("sender.saved", actor=actor, subject_type="sender", subject_id=row.pk)
    return row


def _wrong(address: str | None, name: str, mailbox_id: int, sender_id: int | None) -> dict[str, str]:
    errors: dict[str, str] = {}
    if not address:
        errors["address"] = _("This is not an e-mail address.")
    elif (
        Mailbox.objects.filter(address=address).exists()
        or Sender.objects.filter(address=address).exclude(pk=sender_id or 0).exists()
    ):
        errors["address"] = _("This address is a sender already.")
    if len(name) > 200 or any(char < " " for char in name):
        errors["display_name"] = _("Please write a shorter name, on one line.")
    if not Mailbox.objects.filter(pk=mailbox_id).exclude(smtp_host="").exists():
        errors["mailbox_id"] = _("Choose a mailbox that can send.")
    return errors


@transaction.atomic
def delete_sender(*, actor: Actor, sender_id: int) -> None:
    """Take a further address away; answers of its conversations come from its mailbox then."""
    actor.require(Permission.SETTINGS_MANAGE)
    deleted, _rows = Sender.objects.filter(pk=sender_id).delete()
    if deleted:
        access.log("sender.deleted", actor=actor, subject_type="sender", subject_id=sender_id)


@transaction.atomic
def make_dkim_key(*, actor: Actor, domain: str, selector: str = "", pem: str = "") -> DkimKey:
    """Make a key for a domain, or take the one that is given (PEM). It signs once it is switched on.

    `selector` empty: one with the day. A domain has one key; a new one takes the place of the old, switched off.
    Raises `SettingsRefusedError`.
    """
    actor.require(Permission.SETTINGS_MANAGE)
    now = clock.now()
    name = domain.strip().lower().rstrip(".")
    chosen = selector.strip().lower() or f"mikomi{now:%Y%m%d}"
    errors: dict[str, str] = {}
    if len(name) > 253 or "." not in name or not all(_LABEL.fullmatch(part) for part in name.split(".")):
        errors["domain"] = _("This is not a domain, for example shop.example.")
    if not all(_LABEL.fullmatch(part) for part in chosen.split(".")) or len(chosen) > 63:
        errors["selector"] = _("Only small letters, digits and hyphens, for example key1.")
    try:
        key = signing.checked_key(pem) if pem.strip() else signing.new_key()
    except signing.WrongKeyError:
        errors["pem"] = _(
            "This is not an RSA private key in PEM form without a password (1024 bits or more)."
        )
    if errors:
        raise SettingsRefusedError(errors)
    row, _created = DkimKey.objects.update_or_create(
        domain=name,
        defaults={"selector": chosen, "secret": secrets.seal(key), "record": signing.dns_record(key),
                  "is_active": False, "made_at": now},
    )  # fmt: skip
    access.log("dkim.made", actor=actor, subject_type="dkim", subject_id=row.pk)
    return row


@transaction.atomic
def switch_dkim_key(*, actor: Actor, key_id: int, active: bool) -> DkimKey:
    """Begin or stop signing with a key. Raises `DkimKey.DoesNotExist`."""
    actor.require(Permission.SETTINGS_MANAGE)
    row = DkimKey.objects.select_for_update().get(pk=key_id)
    row.is_active = active
    row.save(update_fields=["is_active"])
    access.log(
        "dkim.switched", actor=actor, subject_type="dkim", subject_id=row.pk, detail={"active": active}
    )
    return row


@transaction.atomic
def delete_dkim_key(*, actor: Actor, key_id: int) -> None:
    """Forget a key; mails of its domain go out unsigned then."""
    actor.require(Permission.SETTINGS_MANAGE)
    deleted, _rows = DkimKey.objects.filter(pk=key_id).delete()
    if deleted:
        access.log("dkim.deleted", actor=actor, subject_type="dkim", subject_id=key_id)


def dkim_record_is_published(*, actor: Actor, key_id: int) -> bool | None:
    """Whether the DNS holds the record of a key; none when it can't be asked. Asks the network."""
    actor.require(Permission.SETTINGS_MANAGE)
    try:
        return signing.is_published(DkimKey.objects.get(pk=key_id))
    except OSError:
        return None


@transaction.atomic
def trust_server(*, actor: Actor, mailbox_id: int, name: str) -> Mailbox:
    """Believe what a mailbox's own server writes about senders, under this name; empty: nobody is believed.

    Raises `SettingsRefusedError`, `Mailbox.DoesNotExist`.
    """
    actor.require(Permission.SETTINGS_MANAGE)
    value = name.strip().lower()
    if len(value) > 253 or any(char.isspace() or char in ";()" for char in value):
        raise SettingsRefusedError({"name": _("Only the name belongs here, for example mx.google.com.")})
    mailbox = Mailbox.objects.select_for_update().get(pk=mailbox_id)
    mailbox.trusted_authserv = value
    mailbox.save(update_fields=["trusted_authserv"])
    detail = {"trusted": bool(value)}
    access.log("mailbox.trusted", actor=actor, subject_type="mailbox", subject_id=mailbox.pk, detail=detail)
    return mailbox
