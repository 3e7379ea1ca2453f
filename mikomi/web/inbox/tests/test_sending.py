"""Writing and what becomes of it, as the page shows it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mikomi.channels.models import Mailbox, Sender
from mikomi.conversations import operations as desk
from mikomi.conversations.models import Attachment, Conversation, DeskPolicy, DraftFile, Message
from mikomi.conversations.records import Marks
from mikomi.conversations.tests.scenes import arrive, at, conversation_from, mail
from mikomi.core.access.actor import Actor
from mikomi.core.access.models import User
from mikomi.core.access.rules import Role
from mikomi.core.business.models import Team
from mikomi.customers.models import Customer
from mikomi.outbox.models import OutgoingMessage
from tests.cast import make_user

pytestmark = pytest.mark.django_db


def client_of(user: User) -> Client:
    """A browser in which this person is signed in."""
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def client(agent_user: User, noon: datetime) -> Client:
    return client_of(agent_user)


@pytest.fixture
def conversation(customer: Customer, noon: datetime) -> Conversation:
    return conversation_from()


def page(client: Client, conversation: Conversation) -> str:
    """The page of a conversation."""
    response = client.get(f"/inbox/{conversation.pk}/")
    assert response.status_code == 200
    return response.content.decode()


def write(client: Client, conversation: Conversation, **given: Any) -> Any:
    """Send what stands in the composer."""
    given = {"kind": "reply", "body": "明日お届けします。"} | given
    return client.post(f"/inbox/{conversation.pk}/write", given)


def upload(client: Client, conversation: Conversation, *files: SimpleUploadedFile) -> str:
    """Choose files in the composer; the list that comes back."""
    return client.post(f"/inbox/{conversation.pk}/files", {"files": list(files)}).content.decode()


class TestTakingBack:
    def test_an_answer_leaves_after_some_seconds_and_can_be_taken_back(
        self, client: Client, conversation: Conversation, noon: datetime
    ) -> None:
        DeskPolicy.objects.create(undo_seconds=10)
        assert write(client, conversation).status_code == 302
        sent = OutgoingMessage.objects.get()
        assert sent.not_before == noon + timedelta(seconds=10)

        shown = page(client, conversation)
        assert "data-leaves-at" in shown
        assert 'data-key="z"' in shown  # by the keyboard too
        assert f'<meta name="draft-sent" content="conversation-{conversation.pk}">' in shown
        assert "draft-sent" not in page(client, conversation)  # only once

        message = Message.objects.get(outgoing=sent)
        again = client.post(f"/inbox/message/{message.pk}/take-back")
        assert "明日お届けします。</textarea>" in again.content.decode()
        sent.refresh_from_db()
        assert sent.state == "cancelled"

    def test_once_it_has_left_the_bar_is_gone_and_a_late_click_says_so(
        self, client: Client, conversation: Conversation, noon: datetime
    ) -> None:
        write(client, conversation)
        OutgoingMessage.objects.update(state="sent", sent_at=noon)
        assert "data-leaves-at" not in page(client, conversation)
        message = Message.objects.get(direction="out")
        late = client.post(f"/inbox/message/{message.pk}/take-back", follow=True)
        assert "left already" in late.content.decode()
        assert OutgoingMessage.objects.get().state == "sent"

    def test_a_business_may_do_without(
        self, client: Client, conversation: Conversation, noon: datetime
    ) -> None:
        DeskPolicy.objects.create(undo_seconds=0)
        write(client, conversation)
        assert OutgoingMessage.objects.get().not_before == noon

    def test_at_a_chosen_time(self, client: Client, conversation: Conversation, noon: datetime) -> None:
        write(client, conversation, send_at="2026-11-19T09:30", later="1")
        sent = OutgoingMessage.objects.get()
        assert sent.not_before.isoformat() == "2026-11-19T00:30:00+00:00"
        shown = page(client, conversation)
        assert "Scheduled" in shown
        assert "data-leaves-at" not in shown

    @pytest.mark.parametrize("given", [{"later": "1"}, {"later": "1", "send_at": "2026-11-18T09:00"}])
    def test_without_a_time_to_come_nothing_is_sent_and_the_text_stays(
        self, client: Client, conversation: Conversation, given: dict[str, str]
    ) -> None:
        response = write(client, conversation, **given)
        assert response.status_code == 422
        assert "明日お届けします。</textarea>" in response.content.decode()
        assert not OutgoingMessage.objects.exists()

    def test_a_time_that_was_typed_and_not_chosen_does_not_count(
        self, client: Client, conversation: Conversation, noon: datetime
    ) -> None:
        write(client, conversation, send_at="2026-11-19T09:30")
        assert OutgoingMessage.objects.get().not_before < noon + timedelta(minutes=1)


class TestFiles:
    def test_they_are_listed_sent_and_gone_from_the_composer(
        self, client: Client, conversation: Conversation
    ) -> None:
        listed = upload(
            client,
            conversation,
            SimpleUploadedFile("見積書.pdf", b"%PDF"),
            SimpleUploadedFile("empty.txt", b""),
        )
        assert "見積書.pdf" in listed
        assert 'role="alert"' in listed
        assert "empty.txt" in listed
        (number,) = re.findall(r'name="file" value="(\d+)"', listed)
        assert "見積書.pdf" in page(client, conversation)  # still there after a reload

        write(client, conversation, file=[number])

        assert Attachment.objects.get().name == "見積書.pdf"
        assert OutgoingMessage.objects.get().file_ids == [Attachment.objects.get().file_id]
        assert 'name="file"' not in page(client, conversation)

    def test_one_can_be_taken_away(self, client: Client, conversation: Conversation) -> None:
        upload(client, conversation, SimpleUploadedFile("a.pdf", b"%PDF"))
        number = DraftFile.objects.get().pk
        listed = client.post(f"/inbox/{conversation.pk}/files/{number}/remove").content.decode()
        assert "a.pdf" not in listed
        assert not DraftFile.objects.exists()

    def test_another_persons_are_not_sent(
        self, client: Client, conversation: Conversation, owner_user: User
    ) -> None:
        upload(client_of(owner_user), conversation, SimpleUploadedFile("a.pdf", b"%PDF"))
        response = write(client, conversation, file=[DraftFile.objects.get().pk])
        assert response.status_code == 422
        assert not OutgoingMessage.objects.exists()

    def test_not_in_conversations_that_one_cannot_see(self, conversation: Conversation, team: Team) -> None:
        Conversation.objects.update(team=team)
        saburo = client_of(make_user("saburo", Role.AGENT, Team.objects.create(name="Elsewhere")))
        response = saburo.post(f"/inbox/{conversation.pk}/files", {"files": [SimpleUploadedFile("a", b"x")]})
        assert response.status_code == 404
        assert not DraftFile.objects.exists()


class TestSenders:
    @pytest.fixture
    def repairs(self, business: object) -> Sender:
        box = Mailbox.objects.create(address="support@shop.example", smtp_host="localhost")
        return Sender.objects.create(mailbox=box, address="repairs@shop.example", display_name="修理係")

    def test_one_can_be_chosen(self, client: Client, conversation: Conversation, repairs: Sender) -> None:
        assert "修理係 &lt;repairs@shop.example&gt;" in page(client, conversation)
        write(client, conversation, sender=f"s{repairs.pk}")
        assert OutgoingMessage.objects.get().sender_key == f"s{repairs.pk}"
        assert f'<option value="s{repairs.pk}" selected>' in page(client, conversation)

    def test_one_that_is_none_is_not_taken(
        self, client: Client, conversation: Conversation, repairs: Sender
    ) -> None:
        write(client, conversation, sender="s999")
        assert OutgoingMessage.objects.get().sender_key == ""


class TestStates:
    @pytest.mark.parametrize(
        ("state", "reason", "words", "act"),
        [
            ("waiting", "", "Take back", "take-back"),
            ("sending", "", "Leaving", ""),
            ("sent", "", "Sent", ""),
            ("uncertain", "no_answer", "it may have arrived", "/decide"),
            ("failed", "bounced:userunknown", "there is no such address", "/retry"),
            ("failed", "recipient_refused", "does not accept the address", "/cancel"),
            ("refused", "no_consent", "does not want to be contacted", ""),
        ],
    )
    def test_each_is_shown_with_what_can_be_done(
        self, client: Client, conversation: Conversation, state: str, reason: str, words: str, act: str
    ) -> None:
        write(client, conversation)
        OutgoingMessage.objects.update(state=state, reason=reason, error="550 said the server")
        shown = page(client, conversation).partition('class="delivery"')[2].partition("message-menu")[0]
        assert words in shown
        assert (f'{act}"' in shown) if act else "<form" not in shown
        assert ("550 said the server" in shown) == (state in ("failed", "refused", "uncertain"))

    def test_a_decision_leads_back_to_the_conversation(
        self, client: Client, conversation: Conversation
    ) -> None:
        write(client, conversation)
        OutgoingMessage.objects.update(state="failed", reason="refused")
        number = OutgoingMessage.objects.get().pk
        path = f"/inbox/{conversation.pk}/"
        response = client.post(f"/promises/outgoing/{number}/retry", {"next": path})
        assert (response.status_code, response["Location"]) == (302, path)
        assert OutgoingMessage.objects.get().state == "waiting"


class TestReading:
    def test_what_came_with_a_message_is_shown(
        self, client: Client, customer: Customer, noon: datetime
    ) -> None:
        entry = {
            "summary": "お打ち合わせ", "starts": "2026-11-25T15:00:00+09:00", "ends": "2026-11-25T16:00:00+09:00",
            "zone": "", "place": "本店", "organizer": "山田", "attendees": 2, "repeats": False,
            "method": "request", "status": "", "words": "",
        }  # fmt: skip
        inner = {"name": "x.eml", "sender": "Taro", "to": "x", "subject": "内側の件名", "date": "",
                 "text": "内側の本文", "is_cut": False, "parts": ["図面.pdf"]}  # fmt: skip
        marks = Marks(
            authentication={"spf": "pass", "dmarc": "fail", "by": "mx.shop.example"}, security="smime-encrypted",
            invitations=[entry], nested=[inner],
        )  # fmt: skip
        shown = page(client, conversation_from(marks=marks))
        for words in ("お打ち合わせ", "本店", "Invitation", "内側の件名", "内側の本文", "図面.pdf", "not genuine",
                      "mx.shop.example", "Encrypted with S/MIME"):  # fmt: skip
            assert words in shown

    def test_a_refused_part_is_listed_with_the_reason(
        self, client: Client, conversation: Conversation
    ) -> None:
        message = conversation.messages.get()
        Attachment.objects.create(
            message=message,
            name="virus.zip",
            content_type="application/zip",
            size=5,
            refused="infected:Eicar",
        )
        shown = page(client, conversation)
        assert "virus.zip" in shown
        assert "the virus scanner found Eicar in it" in shown

    def test_quotations_are_folded_and_the_whole_is_there(
        self, client: Client, customer: Customer, noon: datetime
    ) -> None:
        text = "承知しました。\n\n2026年11月17日(火) 9:00 見本商店 <support@shop.example>:\n> 明日お届けします。\n"
        shown = page(client, conversation_from(text))
        body, _sep, rest = shown.partition('class="quoted"')
        assert "承知しました。" in body
        assert "明日お届けします。" not in body
        assert "明日お届けします。" in rest

    def test_a_frame_shows_where_links_lead_and_holds_pictures_back(
        self, client: Client, customer: Customer, noon: datetime
    ) -> None:
        html = (
            '<p><a href="https://evil.example/login">https://bank.example</a>'
            ' <a href="https://a.example/x">a.example/x</a>'
            '<img src="https://track.example/1.gif"></p>'
        )
        conversation_from(html=html)
        number = Message.objects.get().pk
        shown = client.get(f"/inbox/message/{number}/frame")
        text = shown.content.decode()
        assert "evil.example</span>" in text
        assert text.count('class="target"') == 1  # the other one says itself where it leads
        assert ' src="https://track' not in text
        assert "img-src 'self' data:;" in shown["Content-Security-Policy"]
        asked = client.get(f"/inbox/message/{number}/frame?images=1").content.decode()
        assert 'src="https://track.example/1.gif"' in asked


class TestRegrouping:
    @pytest.fixture
    def second(self, conversation: Conversation, noon: datetime) -> Message:
        with at(noon + timedelta(minutes=5)):
            (message,) = arrive(mail("別件です。", conversation_id=conversation.pk))
        return message

    def test_split_off_and_undone(self, client: Client, conversation: Conversation, second: Message) -> None:
        response = client.post(f"/inbox/message/{second.pk}/split", {"with_later": "1", "subject": "別件"})
        new = Conversation.objects.get(subject="別件")
        assert response["Location"] == f"/inbox/{new.pk}/"
        assert "Split off from" in page(client, new)
        shown = page(client, conversation)
        (address,) = re.findall(r"/inbox/regrouping/\d+/undo", shown)
        assert client.post(address)["Location"] == f"/inbox/{conversation.pk}/"
        assert conversation.messages.count() == 2
        assert client.get(f"/inbox/{new.pk}/")["Location"] == f"/inbox/{conversation.pk}/"

    def test_joined_and_found_under_both_addresses(self, client: Client, conversation: Conversation) -> None:
        other = conversation_from("もう一通", subject="別の件")
        chooser = client.get(f"/inbox/{other.pk}/join").content.decode()
        assert f'value="{conversation.pk}"' in chooser
        response = client.post(f"/inbox/{other.pk}/join", {"into": str(conversation.pk)})
        assert response["Location"] == f"/inbox/{conversation.pk}/"
        assert client.get(f"/inbox/{other.pk}/")["Location"] == f"/inbox/{conversation.pk}/"
        assert "joined in here" in page(client, conversation)

    def test_nothing_to_join_with(self, client: Client, conversation: Conversation) -> None:
        assert "Nothing to join with" in client.get(f"/inbox/{conversation.pk}/join").content.decode()
        assert client.post(f"/inbox/{conversation.pk}/join", {"into": "x"}).status_code == 400

    def test_others_do_not_see_them(self, conversation: Conversation, second: Message, team: Team) -> None:
        Conversation.objects.update(team=team)
        saburo = client_of(make_user("saburo", Role.AGENT, Team.objects.create(name="Elsewhere")))
        assert saburo.get(f"/inbox/{conversation.pk}/join").status_code == 404
        assert saburo.post(f"/inbox/message/{second.pk}/split").status_code == 404
        assert conversation.messages.count() == 2


def test_forty_messages_cost_as_many_queries_as_two(
    client: Client, conversation: Conversation, agent: Actor, noon: datetime
) -> None:
    counts = []
    for number in range(40):
        with at(noon + timedelta(minutes=number)):
            arrive(mail(f"{number}", conversation_id=conversation.pk))
            desk.answer(actor=agent, conversation_id=conversation.pk, text="はい")
        if number in (1, 39):
            with CaptureQueriesContext(connection) as asked:
                page(client, conversation)
            counts.append(len(asked))
    assert counts[0] == counts[1]
