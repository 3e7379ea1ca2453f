"""What a mail carries besides its text: verdicts on its sender, invitations, messages in it, complaints, viruses."""

from __future__ import annotations

import pytest
from pytest_django.fixtures import Settings

from mikomi.channels.email.reading.authentication import authentication_of, trusted_authentication
from mikomi.channels.email.reading.calendars import read_calendar
from mikomi.channels.email.reading.message import parse_message
from mikomi.channels.email.tests.mails import mail
from mikomi.channels.email.tests.messages import message, multipart, part
from mikomi.channels.email.tests.test_filing import answered, arrive
from mikomi.channels.models import Intake, Mailbox, Sender
from mikomi.conversations.models import Attachment, Message
from mikomi.core.access.actor import SYSTEM, Actor
from mikomi.core.events.models import Event
from mikomi.customers import queries as customers
from mikomi.customers.models import Customer
from mikomi.outbox import operations as outbox
from mikomi.outbox.models import OutgoingMessage
from mikomi.outbox.records import NewMessage
from tests.scanner import EICAR, Scanner, scanner_running

__all__ = ["scanner_running"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def box(business: object) -> Mailbox:
    return Mailbox.objects.create(address="support@shop.example", trusted_authserv="mx.shop.example")


class TestAuthentication:
    HEADER = ("mx.shop.example (our own) 1; spf=pass (sender (is) known) smtp.mailfrom=example.jp; "
              "dkim=fail header.d=a.example; dkim=pass header.d=example.jp; dmarc=none")  # fmt: skip

    def test_the_verdicts_are_read(self) -> None:
        found = authentication_of(self.HEADER)
        assert (found.server, found.spf, found.dkim, found.dmarc) == (
            "mx.shop.example",
            "pass",
            "pass",
            "none",
        )

    def test_only_the_topmost_header_of_our_own_server_counts(self) -> None:
        forged = "mx.evil.example; spf=pass; dkim=pass; dmarc=pass"
        ours = "mx.shop.example; spf=fail; dkim=none; dmarc=fail"
        below = "mx.shop.example; spf=pass; dkim=pass; dmarc=pass"
        found = trusted_authentication([forged, ours, below], "MX.shop.example")
        assert found is not None
        assert (found.spf, found.dmarc) == ("fail", "fail")
        assert trusted_authentication([forged], "mx.shop.example") is None
        assert trusted_authentication([ours], "") is None

    def test_it_is_kept_with_the_message(self, box: Mailbox) -> None:
        arrive(mail(Authentication_Results=self.HEADER), box)
        arrive(mail(Authentication_Results="mx.evil.example; dmarc=pass"), box)
        first, second = Message.objects.order_by("id")
        assert first.marks["authentication"] == {
            "spf": "pass", "dkim": "pass", "dmarc": "none", "by": "mx.shop.example",
        }  # fmt: skip
        assert "authentication" not in second.marks

    @pytest.mark.parametrize("value", ["", ";;;;", "x", "mx; spf=", "(((((", "mx 1; dkim=pass" * 5_000])
    def test_nonsense_is_no_verdict_and_takes_no_time(self, value: str) -> None:
        assert authentication_of(value).dmarc == ""


INVITATION = """BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VTIMEZONE
TZID:Our zone
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0900
TZOFFSETTO:+0900
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
SUMMARY:ご来店\\, 打ち合わせ
DTSTART;TZID={zone}:20261125T150000
DURATION:PT1H30M
LOCATION:本店
ORGANIZER;CN="山田 花子":mailto:hanako@example.jp
ATTENDEE:mailto:support@shop.example
ATTENDEE:mailto:b@shop.example
RRULE:FREQ=WEEKLY
DESCRIPTION:一行目\\n二行目
BEGIN:VALARM
DESCRIPTION:an alarm
END:VALARM
END:VEVENT
END:VCALENDAR
"""


class TestInvitations:
    @pytest.mark.parametrize("zone", ["Asia/Tokyo", "Tokyo Standard Time", "Our zone"])
    def test_an_invitation_is_read(self, zone: str) -> None:
        (entry,) = read_calendar(INVITATION.format(zone=zone).replace("\n", "\r\n"))
        assert entry.summary == "ご来店, 打ち合わせ"
        assert str(entry.starts) == "2026-11-25 15:00:00+09:00"
        assert str(entry.ends) == "2026-11-25 16:30:00+09:00"
        assert (entry.place, entry.attendees, entry.repeats, entry.method) == ("本店", 2, True, "request")
        assert entry.organizer == "山田 花子 <hanako@example.jp>"
        assert entry.words == "一行目\n二行目"

    def test_a_zone_that_nobody_knows_is_named(self) -> None:
        (entry,) = read_calendar(INVITATION.format(zone="Middle Earth"))
        assert (str(entry.starts), entry.zone) == ("2026-11-25 15:00:00", "Middle Earth")

    def test_whole_days_end_on_their_last_day(self) -> None:
        text = "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20261125\nDTEND;VALUE=DATE:20261127\nEND:VEVENT\n"
        (entry,) = read_calendar(text)
        assert (str(entry.starts), str(entry.ends)) == ("2026-11-25", "2026-11-26")

    @pytest.mark.parametrize(
        "text",
        ["", "BEGIN:VEVENT", "BEGIN:VEVENT\nDTSTART:never\nDTEND;TZID=\"../../etc\":20261125T150000\nEND:VEVENT",
         "BEGIN:VEVENT\n" * 50_000, "DTSTART" * 100_000],
    )  # fmt: skip
    def test_nonsense_does_no_harm(self, text: str) -> None:
        assert all(entry.starts is None for entry in read_calendar(text))

    def test_it_is_kept_with_the_message(self, box: Mailbox) -> None:
        parts = [
            part("text/plain", "hello"),
            part('text/calendar; charset="utf-8"', INVITATION.format(zone="UTC")),
        ]
        arrive(multipart("mixed", parts), box)
        (entry,) = Message.objects.get().marks["invitations"]
        assert (entry["starts"], entry["place"]) == ("2026-11-25T15:00:00+00:00", "本店")
        assert Attachment.objects.filter(content_type="text/calendar", file__isnull=False).exists()


class TestNested:
    INNER = "From: Taro <taro@example.jp>\nTo: x@example.jp\nSubject: =?utf-8?b?5YaF5YG0?=\n\n内側の本文\n"

    def test_a_message_in_a_message_can_be_read(self, box: Mailbox) -> None:
        arrive(multipart("mixed", [part("text/plain", "see below"), part("message/rfc822", self.INNER)]), box)
        (inner,) = Message.objects.get().marks["nested"]
        assert (inner["subject"], inner["sender"]) == ("内側", "Taro <taro@example.jp>")
        assert inner["text"].strip() == "内側の本文"

    def test_endless_nesting_is_read_to_its_bounds(self) -> None:
        raw = message("deepest").replace(b"\r\n", b"\n")
        for _level in range(200):
            raw = multipart("mixed", [part("message/rfc822", raw)]).replace(b"\r\n", b"\n")
        assert len(parse_message(raw).nested) <= 10


@pytest.mark.parametrize(
    ("kind", "security"),
    [
        ('multipart/signed; protocol="application/pkcs7-signature"; boundary="=edge"', "smime-signed"),
        ('multipart/encrypted; protocol="application/pgp-encrypted"; boundary="=edge"', "pgp-encrypted"),
        ('application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"', "smime-encrypted"),
    ],
)
def test_signed_and_encrypted_mails_are_known_as_such(box: Mailbox, kind: str, security: str) -> None:
    arrive(message("--=edge\n\nx\n--=edge--\n", f"Content-Type: {kind}"), box)
    assert Message.objects.get().marks["security"] == security


def complaint(original_id: str) -> bytes:
    """As a provider reports that a reader pressed "spam" (RFC 5965)."""
    parts = [
        part("text/plain", "This is an email abuse report."),
        part("message/feedback-report", "Feedback-Type: abuse\nUser-Agent: FBL/1\nVersion: 1\n"),
        part("message/rfc822", f"From: support@shop.example\nMessage-ID: <{original_id}>\nSubject: x\n\nx\n"),
    ]
    return multipart("report; report-type=feedback-report", parts, "From: fbl@provider.example")


class TestComplaints:
    def test_it_is_noted_at_the_message_and_nothing_unasked_is_sent_again(
        self, box: Mailbox, agent: Actor, customer: Customer
    ) -> None:
        sent = answered(arrive(mail(), box), agent, box)
        intake = arrive(complaint(sent.message_id), box)

        sent.refresh_from_db()
        assert (sent.state, sent.complained_at is not None) == ("sent", True)
        assert Event.objects.filter(kind="outgoing.complained").count() == 1
        for purpose, allowed in (("marketing", False), ("survey", False), ("service", True)):
            said = customers.may_contact(customer_id=customer.pk, channel="email", purpose=purpose)
            assert said.allowed is allowed
        shown = Message.objects.get(intake_id=intake.pk)
        assert (shown.is_automatic, shown.marks["report"]) == (True, "complaint")
        assert shown.conversation_id == Message.objects.get(outgoing=sent).conversation_id

    def test_one_about_a_message_of_others_does_nothing(self, box: Mailbox, customer: Customer) -> None:
        intake = arrive(complaint("somebody@else.example"), box)
        assert (intake.state, intake.reason) == (Intake.State.IGNORED, "complaint_unknown")
        assert not Event.objects.filter(kind="outgoing.complained").exists()

    def test_one_about_news_is_noted_without_a_conversation(self, box: Mailbox, customer: Customer) -> None:
        news = NewMessage(customer.pk, "notice", "x", to_address="hanako@example.jp", subject="x")
        row = outbox.post(actor=SYSTEM, message=news)
        OutgoingMessage.objects.filter(pk=row.pk).update(state="sent", message_id="n1@shop.example")
        intake = arrive(complaint("n1@shop.example"), box)
        assert (intake.state, intake.reason) == (Intake.State.IGNORED, "complaint")
        row.refresh_from_db()
        assert row.complained_at is not None


class TestScanning:
    def raw(self, content: bytes) -> bytes:
        return multipart(
            "mixed",
            [part("text/plain", "see attached"),
             part("application/zip", content, 'Content-Disposition: attachment; filename="a.zip"', encode=True)],
        )  # fmt: skip

    def test_what_is_infected_is_listed_and_not_kept(
        self, box: Mailbox, scanner_running: Scanner, settings: Settings
    ) -> None:
        settings.CLAMD = scanner_running.place
        intake = arrive(self.raw(EICAR), box)
        found = Attachment.objects.get()
        assert (found.name, found.refused, found.file) == ("a.zip", "infected:Eicar-Signature", None)
        assert Message.objects.get().text.strip() == "see attached"
        assert intake.raw_id is not None  # nothing is lost

    def test_what_is_clean_is_kept(self, box: Mailbox, scanner_running: Scanner, settings: Settings) -> None:
        settings.CLAMD = scanner_running.place
        arrive(self.raw(b"harmless"), box)
        assert Attachment.objects.get().file is not None
        assert b"harmless" in scanner_running.seen

    def test_a_scanner_that_is_silent_holds_up_no_message(self, box: Mailbox, settings: Settings) -> None:
        settings.CLAMD = "127.0.0.1:1"
        intake = arrive(self.raw(b"harmless"), box)
        assert intake.state == Intake.State.FILED
        assert Attachment.objects.get().refused == "not_scanned"


def test_the_answer_comes_from_the_address_that_was_written_to(box: Mailbox, agent: Actor) -> None:
    sender = Sender.objects.create(mailbox=box, address="repairs@shop.example")
    arrive(mail(to="Repairs@shop.example"), box)
    assert Message.objects.get().conversation.sender_key == f"s{sender.pk}"


def test_our_own_further_address_is_no_customer(box: Mailbox) -> None:
    Sender.objects.create(mailbox=box, address="repairs@shop.example")
    intake = arrive(mail(sender="repairs@shop.example"), box)
    assert (intake.state, intake.reason) == (Intake.State.IGNORED, "own_address")
