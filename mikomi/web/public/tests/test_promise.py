"""The promise's page as its customer uses it: no sign-in, by an unguessable link."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client

from mikomi.conversations import operations as desk
from mikomi.conversations.models import Message
from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.events.running import run_due
from mikomi.customers.models import Customer
from mikomi.outbox.models import OutgoingMessage
from mikomi.promises import operations
from mikomi.promises.models import Dispute, Measurement, Promise, Subscription
from mikomi.promises.tests.ledger import DAY, make, observe
from mikomi.promises.tests.test_claims import measure, state
from mikomi.promises.tests.test_wider_kinds import to_everyone
from mikomi.screens.today import today
from tests.cast import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor(noon: datetime) -> Client:
    return Client(HTTP_ACCEPT_LANGUAGE="ja")


def test_the_customer_says_yes_on_the_page(visitor: Client, agent: Actor, customer: Customer) -> None:
    promise = make(customer.pk)
    asked = operations.ask_new_terms(
        actor=agent, promise_id=promise.pk, due_at=NOON + 9 * DAY, reason="supplier_delay"
    )
    page = visitor.get(f"/p/{promise.token}")
    assert "変更してもよろしいでしょうか" in page.content.decode()
    assert page["X-Robots-Tag"] == "noindex, nofollow"

    again = visitor.post(f"/p/{promise.token}/terms/{asked.pk}", {"answer": "question"})
    assert again.status_code == 422
    done = visitor.post(f"/p/{promise.token}/terms/{asked.pk}", {"answer": "accepted"}, follow=True)
    assert done.status_code == 200
    promise.refresh_from_db()
    assert promise.due_at == NOON + 9 * DAY
    late = visitor.post(f"/p/{promise.token}/terms/{asked.pk}", {"answer": "declined"})
    assert late.status_code == 422


def test_a_question_of_another_promise_has_no_answer_here(
    visitor: Client, agent: Actor, customer: Customer
) -> None:
    promise, other = make(customer.pk), make(customer.pk)
    asked = operations.ask_new_terms(actor=agent, promise_id=other.pk, due_at=NOON + 9 * DAY)
    answer = visitor.post(f"/p/{promise.token}/terms/{asked.pk}", {"answer": "accepted"})
    assert answer.status_code == 404
    other.refresh_from_db()
    assert other.version_number == 1


def test_the_customer_disputes_what_was_recorded(visitor: Client, customer: Customer) -> None:
    walk = make(customer.pk, kind="booking", terms={"value": 60, "unit": "min"})
    observe(walk, "measured", NOON, reading=60)
    piece = walk.evidence.get()
    assert visitor.post(f"/p/{walk.token}/dispute", {"said": ""}).status_code == 422
    answer = visitor.post(
        f"/p/{walk.token}/dispute",
        {"said": "30分だけでした", "evidence": piece.pk, "reading": "30"},
        follow=True,
    )
    assert "30分だけでした" in answer.content.decode()
    assert Dispute.objects.get().reading == 30


def test_news_come_only_after_the_button_behind_the_link(visitor: Client, customer: Customer) -> None:
    promise = make(customer.pk)
    visitor.post(f"/p/{promise.token}/subscribe", {"email": "hana@example.jp"})
    (message,) = OutgoingMessage.objects.all()
    found = re.search(r"/p/\S+/confirm", message.text)
    assert found
    assert visitor.get(found.group()).status_code == 200
    assert Subscription.objects.get().confirmed_at is None, (
        "a mail scanner that opens the link confirms nothing"
    )
    visitor.post(found.group())
    assert Subscription.objects.get().is_active
    visitor.post(found.group().replace("/confirm", "/end"))
    assert not Subscription.objects.get().is_active
    assert visitor.get(f"/p/{promise.token}/mail/guess/confirm").status_code == 404


def test_an_erased_person_s_promise_says_so(visitor: Client, customer: Customer) -> None:
    promise = make(customer.pk)
    Customer.objects.filter(pk=customer.pk).update(erased_at=NOON, language="ja")
    page = visitor.get(f"/p/{promise.token}")
    assert page.status_code == 410
    assert "消去" in page.content.decode()


def test_a_promise_to_everyone_has_a_page_once_published(visitor: Client, owner: Actor) -> None:
    promise = to_everyone("price", statement="本体1,980円", terms={"value": 1980, "unit": "JPY"})
    assert visitor.get(f"/p/{promise.token}").status_code == 404
    operations.publish(actor=owner, promise_id=promise.pk)
    page = visitor.get(f"/p/{promise.token}").content.decode()
    assert "本体1,980円" in page
    assert "1,980" in page
    operations.unpublish(actor=owner, promise_id=promise.pk)
    assert visitor.post(f"/p/{promise.token}/dispute", {"said": "x"}).status_code == 404
    assert Promise.objects.get().disputes.count() == 0


def test_a_measurement_of_a_public_claim_is_disputed_on_its_page(
    visitor: Client, owner: Actor, manager: Actor
) -> None:
    claim = state(owner)
    measure(owner, claim, [29, 31, 30, 30, 31], measured_by="交通試験場")
    Promise.objects.filter(pk=claim.pk).update(published_at=NOON)
    token = claim.promise.token
    page = visitor.get(f"/p/{token}").content.decode()
    assert "測定" in page
    assert "交通試験場" in page
    row = Measurement.objects.earliest("id")
    answer = visitor.post(
        f"/p/{token}/dispute",
        {"said": "私の車では18でした", "measurement": row.pk, "reading": "18"},
        follow=True,
    ).content.decode()
    assert "私の車では18でした" not in answer
    dispute = Dispute.objects.get()
    assert (dispute.measurement_id, dispute.reading) == (row.pk, 18)
    operations.resolve_dispute(
        actor=manager, dispute_id=dispute.pk, upheld=False, resolution="空気圧が違いました。"
    )
    assert "空気圧が違いました。" in visitor.get(f"/p/{token}").content.decode()


def test_what_is_asked_on_the_page_comes_to_the_desk_and_leaves_today_with_the_answer(
    visitor: Client, agent: Actor, customer: Customer
) -> None:
    desk.ensure_defaults()
    promise = make(customer.pk)
    asked = operations.ask_new_terms(actor=agent, promise_id=promise.pk, due_at=NOON + 9 * DAY)
    address = f"/p/{promise.token}/terms/{asked.pk}"
    visitor.post(address, {"answer": "question", "words": "もっと早くなりませんか"})

    (message,) = Message.objects.filter(direction="in")
    assert (message.text, message.promise_id) == ("もっと早くなりませんか", promise.pk)
    assert message.conversation.customer_id == customer.pk
    assert message.conversation.waiting_since == NOON, "an answer is owed"
    (said,) = today(actor=agent).said
    assert (said.kind, said.conversation_id) == ("question", message.conversation_id)

    desk.answer(actor=agent, conversation_id=message.conversation_id, text="申し訳ございません。")
    while run_due(worker="test", limit=100):
        pass
    assert today(actor=agent).said == []
    again = visitor.post(address, {"answer": "declined", "words": "それなら結構です"})
    assert again.status_code == 302
    assert Message.objects.filter(direction="in", conversation=message.conversation).count() == 2


def test_a_refused_answer_writes_nothing_to_the_desk(
    visitor: Client, agent: Actor, customer: Customer
) -> None:
    promise = make(customer.pk)
    asked = operations.ask_new_terms(actor=agent, promise_id=promise.pk, due_at=NOON + 9 * DAY)
    operations.take_back_question(actor=agent, promise_id=promise.pk)
    late = visitor.post(f"/p/{promise.token}/terms/{asked.pk}", {"answer": "question", "words": "なぜ？"})
    assert late.status_code == 422
    assert not Message.objects.exists()


def test_a_button_pressed_twice_asks_once_and_a_page_is_no_flood(
    visitor: Client, agent: Actor, customer: Customer
) -> None:
    promise = make(customer.pk)
    asked = operations.ask_new_terms(actor=agent, promise_id=promise.pk, due_at=NOON + 9 * DAY)
    address = f"/p/{promise.token}/terms/{asked.pk}"
    for _time in range(3):
        assert visitor.post(address, {"answer": "question", "words": "なぜですか"}).status_code == 302
    assert Message.objects.filter(direction="in").count() == 1

    answers = [visitor.post(address, {"answer": "question", "words": f"なぜ{n}"}) for n in range(25)]
    assert [answer.status_code for answer in answers] == [302] * 19 + [422] * 6
    assert Message.objects.filter(direction="in").count() == operations.MOST_IN_AN_HOUR


def test_an_answer_to_something_earlier_leaves_the_question_on_today(
    visitor: Client, agent: Actor, customer: Customer
) -> None:
    # Given an answer of ours, whose play has not run yet
    desk.ensure_defaults()
    promise = make(customer.pk)
    asked = operations.ask_new_terms(actor=agent, promise_id=promise.pk, due_at=NOON + 9 * DAY)
    address = f"/p/{promise.token}/terms/{asked.pk}"
    visitor.post(address, {"answer": "question", "words": "もっと早くなりませんか"})
    conversation_id = Message.objects.get(direction="in").conversation_id
    desk.answer(actor=agent, conversation_id=conversation_id, text="申し訳ございません。")
    # When the customer asks again before it runs
    with clock.frozen(NOON + timedelta(seconds=1)):
        visitor.post(address, {"answer": "question", "words": "では午前は？"})
        while run_due(worker="test", limit=100):
            pass
    # Then that question still waits
    assert [said.words for said in today(actor=agent).said] == ["では午前は？"]
