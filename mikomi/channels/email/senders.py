"""Whom a mail comes from: a mailbox, or one of its further addresses (aliases with a name and signature of their own).

A sender's key, as the outbox and conversations hold it, is the id of a mailbox ("12") or "s" and that of a `Sender`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mikomi.channels.models import Mailbox, Sender
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.steady import read_steadily


@dataclass(frozen=True, slots=True)
class Identity:
    """What stands in From, and under an answer."""

    key: str
    address: str
    display_name: str
    signature: str
    mailbox: Mailbox

    @property
    def words(self) -> str:
        """As a person chooses it."""
        return f"{self.display_name} <{self.address}>" if self.display_name else self.address


def of_mailbox(mailbox: Mailbox) -> Identity:
    """The mailbox's own."""
    return Identity(str(mailbox.pk), mailbox.address, mailbox.display_name, mailbox.signature, mailbox)


def of_sender(sender: Sender) -> Identity:
    """That of a further address."""
    return Identity(f"s{sender.pk}", sender.address, sender.display_name, sender.signature, sender.mailbox)


def identity_for(key: str) -> Identity | None:
    """The identity that a key names if it can send, else its mailbox's, else the first mailbox's that can."""
    able = Mailbox.objects.filter(is_active=True).exclude(smtp_host="").order_by("id")
    mailbox_id = int(key) if key.isdecimal() else None
    if key[:1] == "s" and key[1:].isdecimal():
        sender = Sender.objects.filter(pk=int(key[1:])).select_related("mailbox").first()
        if sender and sender.is_active and sender.mailbox.is_active and sender.mailbox.smtp_host:
            return of_sender(sender)
        mailbox_id = sender.mailbox_id if sender else None
    found = (able.filter(pk=mailbox_id).first() if mailbox_id else None) or able.first()
    return of_mailbox(found) if found else None


def identities(*, actor: Actor) -> list[Identity]:
    """Every identity that can send, mailbox by mailbox, for the composer; two queries."""
    actor.require(Permission.CONVERSATIONS_ANSWER)
    able = Mailbox.objects.filter(is_active=True).exclude(smtp_host="").order_by("id")
    further: dict[int, list[Sender]] = {}
    for sender in Sender.objects.filter(is_active=True).select_related("mailbox").order_by("address"):
        further.setdefault(sender.mailbox_id, []).append(sender)
    return [
        identity
        for mailbox in able
        for identity in (of_mailbox(mailbox), *(of_sender(one) for one in further.get(mailbox.pk, [])))
    ]


@read_steadily
def further_addresses() -> dict[str, tuple[int, str]]:
    """The further addresses in use, in lower case, with their mailbox's id and their key."""
    rows = Sender.objects.filter(is_active=True).values_list("address", "mailbox_id", "pk")
    return {address.lower(): (mailbox_id, f"s{pk}") for address, mailbox_id, pk in rows}


def key_for(mailbox: Mailbox, recipients: Iterable[str]) -> str:
    """The identity that a mail was written to, so that the answer comes from there; else the mailbox's own."""
    known = further_addresses()
    found = (known[address.lower()] for address in recipients if address.lower() in known)
    return next((key for mailbox_id, key in found if mailbox_id == mailbox.pk), str(mailbox.pk))
