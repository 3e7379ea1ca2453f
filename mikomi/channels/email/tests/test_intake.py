"""Nothing is lost, nothing is taken twice: the guarantees of intake, against a real Dovecot."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.utils import translation

from mikomi.channels import operations, queries
from mikomi.channels.email import inbound, poll
from mikomi.channels.email.imap import Session
from mikomi.channels.email.problems import MailProblem
from mikomi.channels.email.tests.conftest import fetch, process, visit
from mikomi.channels.email.tests.mails import mail
from mikomi.channels.models import FolderCursor, Intake, Mailbox, ServerCopy
from mikomi.conversations.models import Conversation, Message
from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.events.models import Event
from mikomi.core.files import operations as files
from mikomi.core.files import queries as stored
from mikomi.promises.models import Promise
from tests.servers import Dovecot, cut_wire, free_port

pytestmark = [pytest.mark.dovecot, pytest.mark.django_db]


def test_a_mail_becomes_a_conversation_and_an_answer_is_owed(mailbox: Mailbox, server: Dovecot) -> None:
    server.append(mail("いつ届きますか。", message_id="one@example.jp"))

    (intake,) = fetch(mailbox)

    message = Message.objects.get()
    assert (intake.state, intake.conversation_id) == (Intake.State.FILED, message.conversation_id)
    assert (message.text.strip(), message.message_id) == ("いつ届きますか。", "one@example.jp")
    assert message.conversation.customer.identities.get().value == "hanako@example.jp"
    assert message.conversation.sender_key == str(mailbox.pk)
    assert Promise.objects.filter(kind=Promise.Kind.ANSWER).count() == 1


def test_the_raw_bytes_are_kept_as_they_came(mailbox: Mailbox, server: Dovecot) -> None:
    raw = mail()
    server.append(raw)

    (intake,) = fetch(mailbox)

    kept = stored.read(intake.raw_id or 0)
    assert kept.replace(b"\r\n", b"\n") == raw.replace(b"\r\n", b"\n")
    assert intake.raw_sha256 == hashlib.sha256(kept).hexdigest()


def test_the_cursor_does_not_move_when_the_bytes_could_not_be_stored(
    mailbox: Mailbox, server: Dovecot
) -> None:
    server.append(mail())

    with patch.object(files, "_write", side_effect=OSError(28, "No space left on device")):
        visit(mailbox)

    mailbox.refresh_from_db()
    assert (Intake.objects.count(), FolderCursor.objects.get().last_uid) == (0, 0)
    assert MailProblem.stored(mailbox.poll_error).code == "storage"
    with translation.override("en"):
        assert "disk" in MailProblem.stored(mailbox.poll_error).sentence
    assert len(fetch(mailbox)) == 1


def test_the_cursor_and_the_row_are_one_transaction(mailbox: Mailbox, server: Dovecot) -> None:
    server.append(mail())

    with patch.object(inbound, "_note_copies", side_effect=RuntimeError("the power fails here")):
        visit(mailbox)

    assert (Intake.objects.count(), FolderCursor.objects.get().last_uid) == (0, 0)
    assert len(fetch(mailbox)) == 1


def test_a_second_visit_takes_nothing_twice(mailbox: Mailbox, server: Dovecot) -> None:
    server.append(mail(), mail())
    fetch(mailbox)
    assert visit(mailbox) == 0
    assert (Intake.objects.count(), Message.objects.count()) == (2, 2)


def test_renumbered_folder_is_read_again_and_known_again(mailbox: Mailbox, server: Dovecot) -> None:
    server.append(mail(), mail())
    fetch(mailbox)
    before = FolderCursor.objects.get().uid_validity

    server.renumber()
    server.append(mail())
    fetch(mailbox)

    cursor = FolderCursor.objects.get(is_current=True)
    assert cursor.uid_validity != before
    assert (Intake.objects.count(), Message.objects.count()) == (3, 3)
    assert ServerCopy.objects.filter(uid_validity=cursor.uid_validity).count() == 3


@pytest.mark.bad_input
def test_the_same_id_with_other_content_is_kept_and_marked(mailbox: Mailbox, server: Dovecot) -> None:
    """Whether they are fetched together or at two visits."""
    server.append(mail("first", message_id="same@example.jp"), mail("second", message_id="same@example.jp"))
    fetch(mailbox)
    server.append(mail("third", message_id="same@example.jp"))

    marked = [row.same_id_other_content for row in fetch(mailbox)]

    assert marked == [False, True, True]
    assert {message.text.strip() for message in Message.objects.all()} == {"first", "second", "third"}


def test_two_copies_of_one_mail_are_one_arrival_and_both_are_accounted_for(
    mailbox: Mailbox, server: Dovecot, agent: Actor
) -> None:
    raw = mail()
    server.append(raw, raw)
    fetch(mailbox)
    (balance,) = queries.reconciliation(actor=agent)
    assert (Message.objects.count(), balance.server_count, balance.filed, balance.difference) == (1, 2, 2, 0)


def test_a_mail_without_id_gets_one_from_its_hash(mailbox: Mailbox, server: Dovecot) -> None:
    server.append(mail("a", message_id=None), mail("b", message_id=None))
    for intake in fetch(mailbox):
        assert intake.message_id == f"{intake.raw_sha256}@made.invalid"
    assert Message.objects.count() == 2


def test_the_server_copy_stays_as_it_is(mailbox: Mailbox, server: Dovecot) -> None:
    server.append(mail(), mail())
    fetch(mailbox)
    assert len(server.messages()) == 2
    assert not any("Seen" in flags for flags in server.flags())


def test_the_server_copy_is_marked_read_where_the_mailbox_says_so(mailbox: Mailbox, server: Dovecot) -> None:
    Mailbox.objects.update(after_reading=Mailbox.AfterReading.SEEN)
    server.append(mail(), mail())
    fetch(mailbox)
    assert all("Seen" in flags for flags in server.flags())


def test_folders_with_japanese_names_are_read(mailbox: Mailbox, server: Dovecot, owner: Actor) -> None:
    server.create("&U9dP4TDIMOwwpA-")  # 受信トレイ in the letters of IMAP
    server.append(mail(), folder="&U9dP4TDIMOwwpA-")
    server.append(mail())
    Mailbox.objects.update(folders=["INBOX", "受信トレイ"])

    assert len(fetch(mailbox)) == 2
    assert "受信トレイ" in operations.test_connection(actor=owner, mailbox_id=mailbox.pk).folders


def test_a_missing_folder_is_said_and_keeps_no_other_from_being_read(
    mailbox: Mailbox, server: Dovecot
) -> None:
    Mailbox.objects.update(folders=["Nowhere", "INBOX"])
    server.append(mail())
    assert len(fetch(mailbox)) == 1
    mailbox.refresh_from_db()
    assert MailProblem.stored(mailbox.poll_error).code == "folder"
    assert "Nowhere" in mailbox.poll_error


def test_mails_from_before_the_mailbox_was_entered_are_history(
    mailbox: Mailbox, server: Dovecot, business: object
) -> None:
    Mailbox.objects.update(backfill_until=clock.now())
    server.append(mail(), moment=clock.now() - timedelta(days=400))

    fetch(mailbox)

    assert Conversation.objects.get().state == Conversation.State.CLOSED
    assert not Promise.objects.exists()
    assert not Event.objects.filter(backfill=False, kind="message.received").exists()


def test_a_deleted_conversation_does_not_come_back(mailbox: Mailbox, server: Dovecot, owner: Actor) -> None:
    from mikomi.channels import erasing
    from mikomi.conversations import operations as desk

    server.append(mail())
    (intake,) = fetch(mailbox)
    desk.delete(actor=owner, conversation_id=intake.conversation_id or 0)
    with clock.frozen(clock.now() + timedelta(days=40)):
        assert erasing.erase_deleted() == 1
    server.renumber()

    (tombstone,) = fetch(mailbox)

    (balance,) = queries.reconciliation(actor=owner)
    assert (tombstone.raw_id, tombstone.reason, tombstone.detail) == (None, "erased", {})
    assert (Message.objects.count(), balance.deleted, balance.difference) == (1, 1, 0)


def test_what_was_deleted_on_the_server_is_noticed(mailbox: Mailbox, server: Dovecot, agent: Actor) -> None:
    server.append(mail(), mail())
    fetch(mailbox)
    server.delete(1)
    visit(mailbox)
    (balance,) = queries.reconciliation(actor=agent)
    assert (balance.server_count, balance.filed, balance.difference) == (1, 1, 0)
    assert Message.objects.count() == 2


def test_reconciliation_shows_what_is_missing(mailbox: Mailbox, server: Dovecot, agent: Actor) -> None:
    server.append(mail(), mail(), b"no mail at all\r\n")
    fetch(mailbox)
    (balance,) = queries.reconciliation(actor=agent)
    assert (balance.server_count, balance.filed, balance.quarantined, balance.difference) == (3, 2, 1, 0)
    ServerCopy.objects.filter(uid=1).delete()
    assert queries.reconciliation(actor=agent)[0].difference == 1
    visit(mailbox)
    assert queries.reconciliation(actor=agent)[0].difference == 0


def test_the_heartbeat_tells_the_last_good_visit(mailbox: Mailbox, server: Dovecot, agent: Actor) -> None:
    (never,) = queries.heartbeats(actor=agent)
    visit(mailbox)
    (good,) = queries.heartbeats(actor=agent)
    with clock.frozen(clock.now() + timedelta(minutes=10)):
        Mailbox.objects.update(imap_port=free_port())
        visit(mailbox)  # nobody is there: a visit, and no good one
        (late,) = queries.heartbeats(actor=agent)
    assert (never.age, never.is_late, good.is_late, late.is_late) == (None, True, False, True)
    assert late.polled_at == good.polled_at
    assert late.problem is not None


@pytest.mark.bad_input
@pytest.mark.parametrize("commands", range(12))
def test_a_connection_cut_at_each_command_loses_nothing(
    mailbox: Mailbox, server: Dovecot, commands: int, settings: object
) -> None:
    server.append(mail("one"), mail("two"))
    with cut_wire(server.port, commands) as wire:
        Mailbox.objects.update(imap_port=wire.port)
        visit(mailbox)
        mailbox.refresh_from_db()
        assert bool(mailbox.poll_error) == (wire.was_cut and mailbox.polled_at is None)
        wire.commands = None
        fetch(mailbox)
    mailbox.refresh_from_db()
    assert (mailbox.poll_error, mailbox.failing_since, mailbox.poll_failures) == ("", None, 0)
    assert (Intake.objects.count(), Message.objects.count()) == (2, 2)


def test_a_mailbox_that_fails_is_visited_less_often_and_says_so_once(
    mailbox: Mailbox, server: Dovecot
) -> None:
    Mailbox.objects.update(imap_secret="")
    for _time in range(3):
        visit(mailbox)
    mailbox.refresh_from_db()
    assert (MailProblem.stored(mailbox.poll_error).code, mailbox.poll_failures) == ("login", 3)
    assert (mailbox.next_poll_at or clock.now()) - clock.now() > timedelta(minutes=3)
    assert Event.objects.filter(kind="mailbox.failing").count() == 1

    Mailbox.objects.update(imap_secret=server.settings()["imap_secret"])
    visit(mailbox)
    assert Event.objects.filter(kind="mailbox.recovered").count() == 1


def test_a_message_the_server_cannot_hand_out_holds_up_nobody(
    mailbox: Mailbox, server: Dovecot, agent: Actor
) -> None:
    server.append(mail("one"), mail("two"), mail("three"))
    whole = Session.bodies

    def broken(session: Session, uids: list[int]) -> dict[int, bytes]:
        if 2 in uids:
            raise MailProblem("dropped", "the server died")
        return whole(session, uids)

    with patch.object(Session, "bodies", broken):
        for _time in range(inbound.GIVE_UP_AFTER + 3):
            visit(mailbox)
        process()

    (balance,) = queries.reconciliation(actor=agent)
    assert (balance.filed, balance.not_handed_out, balance.difference) == (2, 1, 1)
    assert "the server died" in ServerCopy.objects.get(intake=None).error


def test_a_large_backlog_is_taken_in_turns(mailbox: Mailbox, server: Dovecot) -> None:
    server.append(*[mail(f"number {number}") for number in range(60)])
    with patch.object(poll, "VISIT_SECONDS", 0.0):
        assert visit(mailbox) == 0
    mailbox.refresh_from_db()
    assert mailbox.next_poll_at is not None
    assert mailbox.next_poll_at <= clock.now()
    assert visit(mailbox) == 60
