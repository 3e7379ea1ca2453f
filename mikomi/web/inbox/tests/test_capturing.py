"""What the composer finds in an answer: offered, recorded when ticked, challenged when vague."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from django.test import Client

from mikomi.conversations.models import Conversation, Message
from mikomi.conversations.tests.scenes import conversation_from
from mikomi.core.access.models import User
from mikomi.core.access.rules import Role
from mikomi.core.business.models import Team
from mikomi.customers.models import Customer
from mikomi.promises.models import Challenge, Promise
from mikomi.web.inbox.tests.test_sending import client_of
from tests.cast import make_user

pytestmark = pytest.mark.django_db
TEXT = "お問い合わせありがとうございます。明日15時までにお電話いたします。"


@pytest.fixture
def client(agent_user: User, noon: datetime) -> Client:
    return client_of(agent_user)


@pytest.fixture
def conversation(customer: Customer, noon: datetime) -> Conversation:
    return conversation_from()


def look(client: Client, conversation: Conversation, text: str) -> str:
    answer = client.post(f"/inbox/{conversation.pk}/capture", {"kind": "reply", "body": text})
    assert answer.status_code == 200
    return answer.content.decode()


def key_in(page: str) -> str:
    found = re.search(r'name="captured" value="(\w+)"', page)
    assert found
    return found.group(1)


def ours() -> list[Promise]:
    return list(Promise.objects.filter(is_internal=False))


def test_a_promise_is_offered_while_writing_and_recorded_when_ticked(
    client: Client, conversation: Conversation
) -> None:
    key = key_in(look(client, conversation, TEXT))
    assert ours() == [], "looking writes nothing"
    client.post(f"/inbox/{conversation.pk}/write", {"kind": "reply", "body": TEXT, "captured": key})
    (promise,) = ours()
    assert (promise.kind, promise.statement) == ("callback", "明日15時までにお電話いたします。")
    assert promise.deadline.isoformat() == "2026-11-19T06:00:00+00:00"
    assert (promise.subject_type, promise.source, promise.origin) == ("conversation", "capture", "staff")


def test_what_was_not_ticked_is_offered_once_more_after_sending(
    client: Client, conversation: Conversation
) -> None:
    answer = client.post(f"/inbox/{conversation.pk}/write", {"kind": "reply", "body": TEXT})
    message = Message.objects.get(direction="out")
    assert answer["Location"].endswith(f"sent={message.pk}")
    offered = client.get(f"/inbox/message/{message.pk}/promises").content.decode()
    done = client.post(f"/inbox/message/{message.pk}/promises", {"captured": key_in(offered)})
    assert 'name="captured"' not in done.content.decode()
    assert len(ours()) == 1


def test_vague_words_go_out_only_with_a_reason_which_is_recorded(
    client: Client, conversation: Conversation
) -> None:
    vague = {"kind": "reply", "body": "できるだけ早くご連絡いたします。"}
    refused = client.post(f"/inbox/{conversation.pk}/write", vague)
    assert refused.status_code == 422
    assert "できるだけ早くご連絡いたします。" in refused.content.decode()
    assert not Message.objects.filter(direction="out").exists()

    client.post(f"/inbox/{conversation.pk}/write", vague | {"challenge_reason": "担当が決まっていない"})
    assert Message.objects.filter(direction="out").count() == 1
    assert Challenge.objects.get().reason == "担当が決まっていない"


def test_a_note_and_a_plain_answer_are_left_alone(client: Client, conversation: Conversation) -> None:
    assert 'name="captured"' not in look(client, conversation, "いつもありがとうございます。")
    note = {"kind": "note", "body": "できるだけ早く電話します。"}
    assert client.post(f"/inbox/{conversation.pk}/write", note).status_code == 302


def test_another_team_s_conversation_can_not_be_looked_into(
    conversation: Conversation, business: object
) -> None:
    Conversation.objects.filter(pk=conversation.pk).update(team=Team.objects.create(name="others"))
    other = client_of(make_user("zoe", Role.AGENT))
    answer = other.post(f"/inbox/{conversation.pk}/capture", {"kind": "reply", "body": TEXT})
    assert answer.status_code == 404
