"""POP3 against a real Dovecot: known by its mark, committed before it is deleted, counted like every folder."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from mikomi.channels import queries
from mikomi.channels.email import inbound, maildrop, pop3
from mikomi.channels.email.problems import MailProblem
from mikomi.channels.email.tests.conftest import fetch, visit
from mikomi.channels.email.tests.mails import mail
from mikomi.channels.models import FolderCursor, Intake, Mailbox, ServerCopy
from mikomi.conversations.models import Message
from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.business.models import Business
from mikomi.core.files import operations as files
from mikomi.core.files import queries as stored
from tests.servers import Dovecot, cut_wire

pytestmark = [pytest.mark.dovecot, pytest.mark.django_db]
DELETE = Mailbox.AfterReading.DELETE


@pytest.fixture
def mailbox(server: Dovecot, business: Business) -> Mailbox:
    return Mailbox.objects.create(**server.settings(protocol="pop3", imap_port=server.pop3_port))


def test_mails_are_read_once_and_left_on_the_server(mailbox: Mailbox, server: Dovecot, agent: Actor) -> None:
    server.append(mail("one"), mail("two"))
    assert len(fetch(mailbox)) == 2
    assert visit(mailbox) == 0
    (balance,) = queries.reconciliation(actor=agent)
    assert (Message.objects.count(), len(server.messages())) == (2, 2)
    assert (balance.server_count, balance.filed, balance.difference) == (2, 2, 0)


def test_the_bytes_are_those_that_imap_gives(mailbox: Mailbox, server: Dovecot) -> None:
    """Dots at the beginning of lines are doubled on the wire; a line may be longer than any command."""
    server.append(mail("a\n.b\n..\n" + "x" * 9_000).replace(b"\n", b"\r\n"))
    (intake,) = fetch(mailbox)
    assert stored.read(intake.raw_id or 0) == server.messages()[0]


def test_what_is_committed_is_deleted_where_the_mailbox_says_so(
    mailbox: Mailbox, server: Dovecot, agent: Actor
) -> None:
    Mailbox.objects.update(after_reading=DELETE)
    server.append(mail("one"), mail("two"))
    fetch(mailbox)
    assert server.messages() == []
    server.append(mail("three"))
    fetch(mailbox)
    visit(mailbox)
    (balance,) = queries.reconciliation(actor=agent)
    assert (Message.objects.count(), server.messages(), balance.server_count, balance.difference) == (
        3,
        [],
        0,
        0,
    )


def test_nothing_is_deleted_before_it_is_committed(mailbox: Mailbox, server: Dovecot) -> None:
    Mailbox.objects.update(after_reading=DELETE)
    server.append(mail("one"), mail("two"))
    with patch.object(files, "_write", side_effect=OSError(28, "No space left on device")):
        visit(mailbox)
    assert (Intake.objects.count(), len(server.messages())) == (0, 2)
    with patch.object(maildrop, "_write", side_effect=RuntimeError("the power fails here")):
        visit(mailbox)
    assert (Intake.objects.count(), len(server.messages())) == (0, 2)
    assert len(fetch(mailbox)) == 2
    assert server.messages() == []


def test_what_could_not_be_fetched_is_not_deleted(mailbox: Mailbox, server: Dovecot, agent: Actor) -> None:
    Mailbox.objects.update(after_reading=DELETE)
    server.append(mail("one"), mail("two"), mail("three"))
    whole = pop3.Session.pieces

    def broken(session: pop3.Session, number: int) -> object:
        if number == 2:
            raise pop3.RefusedError("-ERR damaged")
        return whole(session, number)

    with patch.object(pop3.Session, "pieces", broken):
        visit(mailbox)
    (left,) = server.messages()
    assert b"two" in left
    visit(mailbox)
    (balance,) = queries.reconciliation(actor=agent)
    assert (balance.server_count, balance.not_handed_out, balance.difference) == (1, 1, 1)


def test_a_deletion_that_did_not_take_effect_is_made_again(mailbox: Mailbox, server: Dovecot) -> None:
    """Given that the connection ends before QUIT, then nothing is deleted, and the next visit deletes."""
    Mailbox.objects.update(after_reading=DELETE)
    server.append(mail("one"))
    with patch.object(pop3.Session, "delete", side_effect=MailProblem("dropped", "at DELE")):
        visit(mailbox)
    assert (Intake.objects.count(), len(server.messages())) == (1, 1)
    visit(mailbox)
    assert (Intake.objects.count(), server.messages()) == (1, [])


@pytest.mark.parametrize("commands", range(9))
def test_a_connection_cut_at_each_command_loses_nothing(
    mailbox: Mailbox, server: Dovecot, commands: int
) -> None:
    Mailbox.objects.update(after_reading=DELETE)
    server.append(mail("one"), mail("two"))
    with cut_wire(server.pop3_port, commands) as wire:
        Mailbox.objects.update(imap_port=wire.port)
        visit(mailbox)
        assert len(server.messages()) == 2 or Intake.objects.count() == 2
        wire.commands = None
        fetch(mailbox)
    mailbox.refresh_from_db()
    assert (mailbox.poll_error, Intake.objects.count(), Message.objects.count()) == ("", 2, 2)
    assert server.messages() == []


def test_a_message_that_cannot_be_handed_out_holds_up_nobody(
    mailbox: Mailbox, server: Dovecot, agent: Actor
) -> None:
    server.append(mail("one"), mail("two"), mail("three"))
    whole = pop3.Session.pieces

    def broken(session: pop3.Session, number: int) -> object:
        if number == 2:
            raise MailProblem("dropped", "the server died")
        return whole(session, number)

    with patch.object(pop3.Session, "pieces", broken):
        for _time in range(inbound.GIVE_UP_AFTER + 3):
            visit(mailbox)
    (balance,) = queries.reconciliation(actor=agent)
    assert (balance.waiting, balance.not_handed_out, balance.difference) == (2, 1, 1)
    assert "the server died" in ServerCopy.objects.get(intake=None).error


def test_a_mark_that_comes_again_for_another_message_is_read(mailbox: Mailbox, server: Dovecot) -> None:
    """A server may give a mark again once the message is gone (RFC 1939, 7)."""
    server.append(mail("one"))
    fetch(mailbox)
    ServerCopy.objects.update(uidl="another")  # what is held now has a mark of its own
    fetch(mailbox)
    assert ServerCopy.objects.filter(gone_at=None).count() == 1
    ServerCopy.objects.update(gone_at=clock.now())  # what had its mark is gone: this is another message
    fetch(mailbox)
    assert ServerCopy.objects.filter(gone_at=None).count() == 1
    assert (Intake.objects.count(), FolderCursor.objects.get().last_uid) == (1, 3)


def test_a_wrong_password_is_said(mailbox: Mailbox) -> None:
    Mailbox.objects.update(imap_secret="")
    visit(mailbox)
    mailbox.refresh_from_db()
    assert MailProblem.stored(mailbox.poll_error).code == "login"
