"""What a mail is: whose conversation it goes on with, and which machine sent it. No server is needed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mikomi.channels import processing
from mikomi.channels.email.composed import compose_outgoing
from mikomi.channels.email.tests.conftest import process
from mikomi.channels.email.tests.mails import bounce, mail
from mikomi.channels.email.threads import token_for
from mikomi.channels.intake import Arrival, message_id_in, take_in
from mikomi.channels.models import Intake, Mailbox
from mikomi.channels.verdicts import Ignore
from mikomi.conversations import operations as desk
from mikomi.conversations.models import Conversation, Message
from mikomi.core import clock
from mikomi.core.access.actor import SYSTEM, Actor
from mikomi.core.events.models import Event
from mikomi.core.files import operations as files
from mikomi.customers.models import Customer, Identity
from mikomi.outbox import operations as outbox
from mikomi.outbox.models import OutgoingMessage
from mikomi.outbox.records import NewMessage
from mikomi.promises.models import Promise

pytestmark = pytest.mark.django_db


def arrive(raw: bytes, mailbox: Mailbox) -> Intake:
    """As if it had been fetched; read at once."""
    from django.db import transaction

    stored = files.store(raw, "message/rfc822")
    arrival = Arrival("email", str(mailbox.pk), message_id_in(raw, stored.sha256), stored, mailbox.pk)
    with transaction.atomic():
        (intake,) = take_in([arrival])
    process()
    intake.refresh_from_db()
    return intake


@pytest.fixture
def box(business: object) -> Mailbox:
    return Mailbox.objects.create(address="support@shop.example")


def answered(intake: Intake, agent: Actor, box: Mailbox) -> OutgoingMessage:
    """The agent answers; the mail has gone out."""
    message = desk.answer(actor=agent, conversation_id=intake.conversation_id or 0, text="明日届きます。")
    row = message.outgoing
    assert row is not None
    outbox.claim_due(worker="w", channel="email")
    mail_id = compose_outgoing(row, box).message_id
    outbox.begin_attempt(outgoing_id=row.pk, worker="w", message_id=mail_id)
    outbox.mark_sent(row.pk, mail_id)
    row.refresh_from_db()
    return row


def test_an_answer_to_our_answer_goes_on_with_its_conversation(box: Mailbox, agent: Actor) -> None:
    first = arrive(mail(), box)
    sent = answered(first, agent, box)
    reply = arrive(mail("ありがとう", subject="まったく別の件名", in_reply_to=f"<{sent.message_id}>"), box)
    assert reply.conversation_id == first.conversation_id


def test_a_known_id_does_not_let_a_stranger_in(box: Mailbox, agent: Actor) -> None:
    first = arrive(mail(), box)
    sent = answered(first, agent, box)
    forwarded = arrive(
        mail("私にも返金を", sender="jiro@elsewhere.example", references=f"<{sent.message_id}>"), box
    )
    assert forwarded.state == Intake.State.FILED
    assert forwarded.conversation_id != first.conversation_id


def test_the_signed_token_is_proof_by_itself(box: Mailbox, agent: Actor) -> None:
    first = arrive(mail(), box)
    token = token_for(first.conversation_id or 0)
    other = mail("夫のアドレスから", sender="taro@example.jp", to=f"support+{token}@shop.example")
    assert arrive(other, box).conversation_id == first.conversation_id


def test_a_forged_token_and_a_number_in_the_subject_prove_nothing(box: Mailbox) -> None:
    first = arrive(mail(), box)
    number, another = first.conversation_id or 0, token_for((first.conversation_id or 0) + 1)
    token = f"{token_for(number).partition('-')[0]}-{another.partition('-')[2]}"  # signed for another one
    forged = mail(
        sender="eve@evil.example",
        subject=f"Re: [#{first.conversation_id}]",
        to=f"support+{token}@shop.example",
    )
    assert arrive(forged, box).conversation_id != first.conversation_id


def test_a_mail_to_a_deleted_conversation_opens_a_new_one(box: Mailbox, owner: Actor) -> None:
    first = arrive(mail(), box)
    token = token_for(first.conversation_id or 0)
    desk.delete(actor=owner, conversation_id=first.conversation_id or 0)
    again = arrive(mail("まだです", to=f"support+{token}@shop.example"), box)
    assert again.conversation_id not in (None, first.conversation_id)


def test_out_of_office_is_filed_but_nothing_is_owed(box: Mailbox, agent: Actor) -> None:
    first = arrive(mail(), box)
    sent = answered(first, agent, box)
    away = mail(
        "只今不在です",
        subject="自動応答: 配送",
        auto_submitted="auto-replied",
        in_reply_to=f"<{sent.message_id}>",
    )
    assert arrive(away, box).conversation_id == first.conversation_id
    assert Message.objects.order_by("-id")[0].is_automatic
    assert Promise.objects.filter(kind=Promise.Kind.ANSWER, met_at=None).count() == 0


def test_a_list_is_filed_as_automatic(box: Mailbox) -> None:
    arrive(mail("News", sender="news@list.example", list_id="<news.list.example>"), box)
    assert Message.objects.get().is_automatic
    assert not Promise.objects.exists()


def test_of_two_who_read_the_same_arrival_one_ends_it(box: Mailbox) -> None:
    stored, did = files.store(mail(), "message/rfc822"), []
    row = Intake.objects.create(
        channel="email", source=str(box.pk), mailbox=box, message_id="x", raw=stored, raw_sha256=stored.sha256,
        received_at=clock.now(),
    )  # fmt: skip
    first, second = (Ignore(reason, effects=(lambda: did.append("effect"),)) for reason in ("one", "two"))
    assert (processing.finish(row, first), processing.finish(row, second)) == (True, False)
    row.refresh_from_db()
    assert (row.reason, did) == ("one", ["effect"])


def test_no_machine_is_ever_answered_by_a_machine(box: Mailbox) -> None:
    arrive(mail("away", auto_submitted="auto-replied"), box)
    arrive(mail("list", sender="a@list.example", list_id="<l.example>"), box)
    arrive(mail("bulk", sender="b@bulk.example", precedence="bulk"), box)
    arrive(bounce("unknown@elsewhere", "x@example.jp"), box)
    assert list(Message.objects.values_list("is_automatic", flat=True)) == [True, True, True]
    assert not Conversation.objects.exclude(waiting_since=None).exists()
    assert not Promise.objects.exists()  # no answer is owed to a machine
    assert not OutgoingMessage.objects.exists()


def test_a_hard_bounce_fails_the_message_marks_the_address_and_stands_with_it(
    box: Mailbox, agent: Actor
) -> None:
    first = arrive(mail(), box)
    sent = answered(first, agent, box)

    report = arrive(bounce(sent.message_id, "hanako@example.jp"), box)

    sent.refresh_from_db()
    assert (sent.state, sent.reason) == (OutgoingMessage.State.FAILED, "bounced:userunknown")
    assert report.conversation_id == first.conversation_id
    assert Message.objects.get(intake_id=report.pk).is_automatic
    assert Identity.objects.get(value="hanako@example.jp").undeliverable_since is not None
    assert Customer.objects.count() == 1
    assert Event.objects.filter(kind="outgoing.failed", payload__outgoing_id=sent.pk).exists()


def test_a_bounced_notice_is_noted_at_the_notice(box: Mailbox, customer: Customer) -> None:
    notice = outbox.post(
        actor=SYSTEM,
        message=NewMessage(
            customer_id=customer.pk,
            purpose="notice",
            text="遅れます",
            subject="お知らせ",
            to_address="hanako@example.jp",
            subject_type="promise",
            subject_id=7,
        ),
    )
    OutgoingMessage.objects.filter(pk=notice.pk).update(state="sent", message_id="notice-1@shop.example")

    report = arrive(bounce("notice-1@shop.example", "hanako@example.jp"), box)

    notice.refresh_from_db()
    assert (notice.state, report.state, report.reason) == ("failed", Intake.State.IGNORED, "bounce")
    assert report.detail["outgoing_id"] == notice.pk
    assert not Conversation.objects.exists()


def test_a_delay_report_changes_nothing(box: Mailbox, agent: Actor) -> None:
    sent = answered(arrive(mail(), box), agent, box)
    arrive(bounce(sent.message_id, "hanako@example.jp", status="4.4.1", action="delayed"), box)
    sent.refresh_from_db()
    assert sent.state == OutgoingMessage.State.SENT
    assert Identity.objects.get(value="hanako@example.jp").undeliverable_since is None


def test_a_forged_report_marks_nobody(box: Mailbox, agent: Actor) -> None:
    """Also where we did write to that address: a report must name the message."""
    sent = answered(arrive(mail(), box), agent, box)
    report = arrive(bounce("never-sent@shop.example", "hanako@example.jp"), box)
    assert (report.state, report.reason) == (Intake.State.IGNORED, "bounce_unknown")
    sent.refresh_from_db()
    assert sent.state == OutgoingMessage.State.SENT
    assert Identity.objects.get(value="hanako@example.jp").undeliverable_since is None


def test_who_writes_can_be_reached_again(box: Mailbox, customer: Customer) -> None:
    Identity.objects.update(undeliverable_since=customer.created_at)
    arrive(mail(), box)
    assert Identity.objects.get(value="hanako@example.jp").undeliverable_since is None


def test_our_own_mail_is_ignored_with_the_reason(box: Mailbox, agent: Actor) -> None:
    sent = answered(arrive(mail(), box), agent, box)
    copy = arrive(mail(message_id=sent.message_id, sender="support@shop.example"), box)
    other = arrive(mail(sender="Shop <SUPPORT@shop.example>"), box)
    assert [(item.state, item.reason) for item in (copy, other)] == [
        (Intake.State.IGNORED, "own_message"),
        (Intake.State.IGNORED, "own_address"),
    ]


def test_a_form_of_the_shop_speaks_for_the_customer(box: Mailbox) -> None:
    arrive(mail(sender="support@shop.example", reply_to="山田花子 <hanako@example.jp>"), box)
    assert Message.objects.get().from_address == "hanako@example.jp"


def test_every_part_is_listed_also_a_refused_one(box: Mailbox) -> None:
    from email.message import EmailMessage

    message = EmailMessage()
    message["From"], message["Subject"], message["Message-ID"] = "hanako@example.jp", "写真", "<p@example.jp>"
    message.set_content("写真を送ります")
    message.add_attachment(b"\x89PNG....", maintype="image", subtype="png", filename="割れ.png")
    message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="receipt.pdf")

    arrive(message.as_bytes(), box)

    parts = {part.name: part for part in Message.objects.get().attachments.all()}
    assert set(parts) == {"割れ.png", "receipt.pdf"}
    assert all(part.file_id for part in parts.values())

    levels = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(60))
    row = arrive(b"From: hanako@example.jp\nSubject: deep\n" + levels + b"\nhello", box)
    (refused,) = Message.objects.get(intake_id=row.pk).attachments.all()
    assert (refused.refused, refused.file_id) == ("nested too deep", None)


class TestWhatAPersonSplitOrJoined:
    """Later replies follow the decision, also those whose token or id was made before it."""

    def test_a_reply_to_a_message_that_was_split_off_goes_there(self, box: Mailbox, agent: Actor) -> None:
        Mailbox.objects.update(uses_plus_addresses=True)
        first = arrive(mail(), box)
        sent = answered(first, agent, box)
        token = token_for(first.conversation_id or 0)
        second = arrive(mail("別の件です。", to=f"support+{token}@shop.example"), box)
        assert second.conversation_id == first.conversation_id
        about_it = Message.objects.get(intake_id=second.pk)
        moved = answered(second, agent, box)
        for place, row in enumerate(Message.objects.order_by("id")):  # the mails of these tests have one Date
            Message.objects.filter(pk=row.pk).update(sent_at=clock.now() + timedelta(seconds=place))

        new = desk.split(actor=agent, message_id=about_it.pk).target

        second.refresh_from_db()
        assert second.conversation_id == new.pk  # its raw bytes are erased with it, not with the old one
        old_address = f"support+{token}@shop.example"
        to_moved = arrive(mail("はい", to=old_address, in_reply_to=f"<{moved.message_id}>"), box)
        assert to_moved.conversation_id == new.pk
        to_other = arrive(mail("はい", to=old_address, in_reply_to=f"<{sent.message_id}>"), box)
        assert to_other.conversation_id == first.conversation_id
        assert arrive(mail("はい", to=old_address), box).conversation_id == first.conversation_id

    def test_a_reply_to_one_that_was_joined_goes_to_the_other(self, box: Mailbox, agent: Actor) -> None:
        first, second = arrive(mail(), box), arrive(mail(subject="別の件"), box)
        sent = answered(second, agent, box)
        token = token_for(second.conversation_id or 0)
        desk.join(
            actor=agent, conversation_id=second.conversation_id or 0, into_id=first.conversation_id or 0
        )

        for reply in (
            mail("はい", to=f"support+{token}@shop.example"),
            mail("はい", subject="?", in_reply_to=f"<{sent.message_id}>"),
            mail("はい", subject="Re: 別の件"),
        ):
            assert arrive(reply, box).conversation_id == first.conversation_id
        assert Conversation.objects.filter(deleted_at=None).count() == 1

    def test_a_bounce_of_a_message_that_was_moved_follows_it(self, box: Mailbox, agent: Actor) -> None:
        first, second = arrive(mail(), box), arrive(mail(subject="別の件"), box)
        sent = answered(second, agent, box)
        desk.join(
            actor=agent, conversation_id=second.conversation_id or 0, into_id=first.conversation_id or 0
        )
        report = arrive(bounce(sent.message_id, "hanako@example.jp"), box)
        assert report.conversation_id == first.conversation_id
