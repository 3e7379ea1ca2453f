"""Old mail from .eml, mbox, Maildir and ZIP: each message once, as history, with progress, again without duplicates."""

from __future__ import annotations

import zipfile
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from unittest.mock import patch

import pytest

from mikomi.channels import operations, tasks
from mikomi.channels.email import archives, importing
from mikomi.channels.email.tests.conftest import fetch, process
from mikomi.channels.email.tests.mails import mail
from mikomi.channels.models import Intake, Mailbox, MailImport
from mikomi.channels.operations import MailImportRefusedError
from mikomi.conversations.models import Conversation, Message
from mikomi.core import clock
from mikomi.core.access.actor import Actor, NotAllowedError
from mikomi.core.business.models import Business
from mikomi.core.events.models import Event
from mikomi.core.files import operations as files
from mikomi.core.files import queries as stored
from mikomi.core.files.models import StoredFile
from mikomi.customers.models import Identity
from mikomi.outbox.models import OutgoingMessage
from mikomi.promises.models import Promise
from tests.servers import Dovecot

pytestmark = pytest.mark.django_db
State = MailImport.State


@pytest.fixture
def box(business: Business) -> Mailbox:
    return Mailbox.objects.create(address="support@shop.example")


def mbox(*messages: bytes) -> bytes:
    """As `mboxrd` writes it."""
    parts = []
    for message in messages:
        lines = message.split(b"\n")
        body = b"\n".join(b">" + one if one.lstrip(b">").startswith(b"From ") else one for one in lines)
        parts.append(b"From hanako@example.jp Wed Nov 18 11:55:00 2026\n" + body + b"\n")
    return b"".join(parts)


def zipped(**entries: bytes) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name.replace("__", "/").replace("_eml", ".eml").replace("_mbox", ".mbox"), data)
    return file.getvalue()


def take_in(owner: Actor, box: Mailbox, data: bytes, name: str = "old.mbox") -> MailImport:
    job = operations.start_mail_import(
        actor=owner, mailbox_id=box.pk, stream=BytesIO(data), file_name=name, size=len(data)
    )
    tasks.import_mail.func(job.pk)
    job.refresh_from_db()
    return job


def counts(job: MailImport) -> tuple[str, int, int, int]:
    return job.state, job.taken_count, job.known_count, job.refused_count


def test_an_mbox_is_taken_in_as_history(owner: Actor, box: Mailbox) -> None:
    text = "first line\nFrom here on it is quoted\n>From there too\n\nFrom Tokyo with love\nlast"
    job = take_in(
        owner, box, mbox(mail(text, message_id="a@x.example"), mail("two", message_id="b@x.example"))
    )
    process()
    assert counts(job) == (State.DONE, 2, 0, 0)
    assert {message.text.strip() for message in Message.objects.all()} == {text, "two"}
    assert set(Conversation.objects.values_list("state", flat=True)) == {Conversation.State.CLOSED}
    assert not Promise.objects.exists()


def test_again_nothing_comes_twice(owner: Actor, box: Mailbox) -> None:
    data = mbox(mail("one"), mail("two"))
    take_in(owner, box, data)
    again = take_in(owner, box, data)
    process()
    assert counts(again) == (State.DONE, 0, 2, 0)
    assert (Intake.objects.count(), Message.objects.count()) == (2, 2)


@pytest.mark.dovecot
def test_what_the_mailbox_has_given_already_is_known(owner: Actor, mailbox: Mailbox, server: Dovecot) -> None:
    """Files have other line ends than the wire; the message is the same."""
    raw = mail("一通目")
    server.append(raw.replace(b"\n", b"\r\n"))
    fetch(mailbox)
    job = take_in(owner, mailbox, mbox(raw))
    assert counts(job) == (State.DONE, 0, 1, 0)
    assert take_in(owner, mailbox, raw, "one.eml").known_count == 1


def test_an_eml_is_one_message(owner: Actor, box: Mailbox) -> None:
    raw = mail("ひとつ").replace(b"\n", b"\r\n")
    job = take_in(owner, box, raw, "one.eml")
    process()
    assert (counts(job), Message.objects.get().text.strip()) == ((State.DONE, 1, 0, 0), "ひとつ")
    assert stored.read(Intake.objects.get().raw_id or 0) == raw


def test_a_zip_of_everything(owner: Actor, box: Mailbox) -> None:
    data = zipped(
        inbox_mbox=mbox(mail("1"), mail("2")), letters__one_eml=mail("3"), **{"Maildir__cur__123.x:2,S": mail("4")},
        photo=b"\x89PNG\r\n", **{"__MACOSX__._one_eml": b"junk"},
    )  # fmt: skip
    job = take_in(owner, box, data, "old.zip")
    process()
    assert counts(job) == (State.DONE, 4, 0, 1)
    assert job.refused == [{"name": "photo", "reason": "not_mail"}]
    assert sorted(message.text.strip() for message in Message.objects.all()) == ["1", "2", "3", "4"]


def test_a_maildir_of_this_machine(owner: Actor, box: Mailbox, tmp_path: Path) -> None:
    for folder in ("cur", "new", "tmp", ".Archive/cur"):
        (tmp_path / "Maildir" / folder).mkdir(parents=True)
    root = tmp_path / "Maildir"
    (root / "cur/1:2,S").write_bytes(mail("1"))
    (root / "new/2").write_bytes(mail("2"))
    (root / "tmp/3").write_bytes(mail("not delivered yet"))
    (root / ".Archive/cur/4").write_bytes(mail("4"))
    (root / "dovecot.index.log").write_bytes(b"\0\1")
    job = operations.begin_mail_import(actor=owner, mailbox_id=box.pk, path=root)
    seen: list[int] = []
    importing.run(job, root, lambda one: seen.append(one.items_done))
    assert counts(job) == (State.DONE, 3, 0, 0)
    assert (seen, job.bytes_done) == ([3], job.bytes_total)


def test_it_goes_on_where_it_broke_off(owner: Actor, box: Mailbox) -> None:
    data = mbox(*[mail(f"number {number}") for number in range(7)])
    with (
        patch.object(importing, "AT_ONCE", 2),
        patch.object(importing, "take_in", side_effect=_third_fails()),
    ):
        with pytest.raises(RuntimeError):
            take_in(owner, box, data)
        job = MailImport.objects.get()
        assert counts(job) == (State.RUNNING, 4, 0, 0)
        tasks.import_mail.func(job.pk)
    job.refresh_from_db()
    assert (counts(job), Intake.objects.count()) == ((State.DONE, 7, 0, 0), 7)


def _third_fails() -> object:
    from mikomi.channels.intake import take_in as whole

    calls: list[int] = []

    def sometimes(arrivals: object) -> object:
        calls.append(1)
        if len(calls) == 3:
            raise RuntimeError("the power fails here")
        return whole(arrivals)  # type: ignore[arg-type]

    return sometimes


def test_it_can_be_stopped_and_continued(owner: Actor, box: Mailbox) -> None:
    data = mbox(*[mail(f"number {number}") for number in range(4)])

    def stop(job: MailImport) -> None:
        operations.stop_mail_import(actor=owner, import_id=job.pk)

    with patch.object(importing, "AT_ONCE", 2):
        job = operations.start_mail_import(
            actor=owner, mailbox_id=box.pk, stream=BytesIO(data), file_name="x", size=len(data)
        )
        importing.run(job, None, stop)
        job.refresh_from_db()
        assert counts(job) == (State.STOPPED, 2, 0, 0)
        operations.continue_mail_import(actor=owner, import_id=job.pk)
        tasks.import_mail.func(job.pk)
    job.refresh_from_db()
    assert counts(job) == (State.DONE, 4, 0, 0)


def test_the_file_goes_when_it_is_done(owner: Actor, box: Mailbox) -> None:
    """Messages can be erased one by one; a file that holds all of them could not."""
    job = take_in(owner, box, mbox(mail("1"), mail("2")))
    assert (job.file_id, StoredFile.objects.count()) == (None, 2)
    with pytest.raises(MailImportRefusedError):
        operations.forget_mail_import(
            actor=owner,
            import_id=MailImport.objects.create(mailbox=box, file_name="x", created_at=job.created_at).pk,
        )


def test_the_file_of_one_that_was_stopped_waits_a_month(owner: Actor, box: Mailbox) -> None:
    data = mbox(mail("1"))
    jobs = [
        operations.start_mail_import(
            actor=owner, mailbox_id=box.pk, stream=BytesIO(data + end), file_name="x", size=len(data)
        )
        for end in (b"", b"\n")
    ]
    operations.stop_mail_import(actor=owner, import_id=jobs[0].pk)
    stopped_at = clock.now()
    for days, dropped in ((29, 0), (31, 1), (32, 0)):
        with clock.frozen(stopped_at + timedelta(days=days)):
            assert importing.drop_old_files() == dropped
    assert StoredFile.objects.get().pk == jobs[1].file_id  # that one runs
    assert MailImport.objects.get(pk=jobs[0].pk).file_id is None


def test_todays_mail_goes_before_old_mail(owner: Actor, box: Mailbox) -> None:
    from mikomi.channels.email import mailserver
    from mikomi.channels.processing import process_due

    take_in(owner, box, mbox(*[mail(f"number {number}") for number in range(30)]))
    mailserver.keep("x@example.jp", [box.address], mail("today"))
    process_due("w", 5)
    assert Message.objects.get().text.strip() == "today"


QUESTION = {"subject": "配送について", "message_id": "q@example.jp"}
SENT = {
    "sender": "見本商店 <support@shop.example>", "to": "山田花子 <hanako@example.jp>", "subject": "Re: 配送について",
    "message_id": "a@shop.example", "in_reply_to": "<q@example.jp>",
}  # fmt: skip


@pytest.mark.parametrize("newest_first", [False, True])
def test_what_we_wrote_stands_in_its_conversation(owner: Actor, box: Mailbox, newest_first: bool) -> None:
    """Given a whole mailbox with what we sent, in whatever order, then each conversation has both its sides, and
    nothing follows from it."""
    thanks = mail(
        "ありがとう。",
        sender="hanako@example.jp",
        subject="Re: Re: 配送について",
        in_reply_to="<a@shop.example>",
    )
    mails = [mail("いつ届きますか。", **QUESTION), mail("明日です。", **SENT), thanks]
    take_in(owner, box, mbox(*(reversed(mails) if newest_first else mails)))
    process()
    (place,) = Conversation.objects.all()
    told = {(row.direction, row.text.strip()) for row in place.messages.all()}
    assert told == {("in", "いつ届きますか。"), ("out", "明日です。"), ("in", "ありがとう。")}
    ours = place.messages.get(direction="out")
    assert ours.from_name == "見本商店"
    assert (ours.from_address, ours.outgoing_id, ours.author_id) == ("support@shop.example", None, None)
    assert (place.state, place.waiting_since) == ("closed", None)
    assert Identity.objects.get().value == "hanako@example.jp"
    assert place.first_answered_at == ours.sent_at
    assert not OutgoingMessage.objects.exists()
    assert not Promise.objects.exists()
    assert not Event.objects.filter(backfill=False, kind__startswith="message.").exists()


def test_what_we_wrote_first_begins_a_conversation_and_what_we_wrote_to_ourselves_does_not(
    owner: Actor, box: Mailbox
) -> None:
    ourselves = mail("メモ", sender="support@shop.example", message_id="memo@shop.example")
    take_in(owner, box, mbox(mail("ご案内", **SENT), ourselves))
    process()
    assert [row.direction for row in Message.objects.all()] == ["out"]
    assert list(Intake.objects.filter(state="ignored").values_list("reason", flat=True)) == ["own_address"]


def test_what_we_wrote_is_not_history_when_it_comes_today(box: Mailbox) -> None:
    from mikomi.channels.email import mailserver

    mailserver.keep("support@shop.example", [box.address], mail("本日", **SENT))
    process()
    assert not Message.objects.exists()


def test_what_is_no_mail_is_listed(owner: Actor, box: Mailbox) -> None:
    job = take_in(owner, box, b"%PDF-1.7 not a mail at all", "letter.pdf")
    assert (counts(job), job.refused) == (
        (State.DONE, 0, 0, 1),
        [{"name": "letter.pdf", "reason": "not_mail"}],
    )
    broken = take_in(owner, box, b"PK\3\4 damaged", "broken.zip")
    assert (broken.state, bool(broken.error)) == (State.FAILED, True)


def test_a_bomb_and_a_message_beyond_all_measure_are_listed(
    owner: Actor, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "BOMB_BYTES", 100_000)
    monkeypatch.setattr(archives, "LARGEST_MESSAGE", 50_000)
    data = zipped(
        bomb_eml=b"Subject: x\n\n" + b"0" * 3_000_000, large_eml=mail("x" * 60_000), good_eml=mail("good")
    )
    job = take_in(owner, box, data, "x.zip")
    assert counts(job) == (State.DONE, 1, 0, 2)
    assert {item["reason"] for item in job.refused} == {"bomb", "too_large"}


def test_a_disk_that_is_full_stops_it_and_it_can_be_continued(owner: Actor, box: Mailbox) -> None:
    data = mbox(mail("1"), mail("2"))
    job = operations.start_mail_import(
        actor=owner, mailbox_id=box.pk, stream=BytesIO(data), file_name="x", size=len(data)
    )
    with patch.object(files, "store", side_effect=files.StorageError(28, "No space left on device")):
        tasks.import_mail.func(job.pk)
    job.refresh_from_db()
    assert (counts(job), "space" in job.error) == ((State.FAILED, 0, 0, 0), True)
    operations.continue_mail_import(actor=owner, import_id=job.pk)
    tasks.import_mail.func(job.pk)
    job.refresh_from_db()
    assert counts(job) == (State.DONE, 2, 0, 0)


def test_only_who_may_import(agent: Actor, owner: Actor, box: Mailbox) -> None:
    job = take_in(owner, box, mbox(mail("1")))
    for act in (
        lambda: take_in(agent, box, mbox(mail("2"))),
        lambda: operations.stop_mail_import(actor=agent, import_id=job.pk),
        lambda: operations.continue_mail_import(actor=agent, import_id=job.pk),
        lambda: operations.forget_mail_import(actor=agent, import_id=job.pk),
        lambda: operations.begin_mail_import(actor=agent, mailbox_id=box.pk, path=Path("x")),
    ):
        with pytest.raises(NotAllowedError):
            act()
    assert (MailImport.objects.count(), Intake.objects.count()) == (1, 1)
