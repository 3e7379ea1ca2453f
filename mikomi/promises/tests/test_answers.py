"""Given a promise, when its customer is asked, disputes or subscribes, then terms, story and mail follow."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils.translation import override

from mikomi.core.access.actor import Actor, NotAllowedError
from mikomi.core.events.models import Event
from mikomi.customers import operations as customers
from mikomi.customers.models import Customer
from mikomi.outbox.models import OutgoingMessage
from mikomi.promises import operations, queries, quotable
from mikomi.promises.models import Dispute, Promise, PromiseVersion, Renegotiation, Subscription
from mikomi.promises.tests.ledger import DAY, make, observe, told
from mikomi.promises.tests.test_quotes import stored
from mikomi.promises.tests.test_wider_kinds import to_everyone
from tests.cast import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon(noon: datetime) -> None:
    """The clock stands at noon."""


def ask(actor: Actor, promise: Promise, **changes: Any) -> Renegotiation:
    values: dict[str, Any] = {"due_at": NOON + 9 * DAY, "reason": "supplier_delay", "words": "すみません。"}
    return operations.ask_new_terms(actor=actor, promise_id=promise.pk, **{**values, **changes})


def answer(promise: Promise, asked: Renegotiation, said: str, words: str = "") -> Renegotiation | None:
    return operations.answer_new_terms(
        token=promise.token, renegotiation_id=asked.pk, answer=said, words=words
    )


# Renegotiation


def test_the_terms_stand_until_the_customer_accepts(agent: Actor, customer: Customer) -> None:
    promise = make(customer.pk)
    asked = ask(agent, promise)
    promise.refresh_from_db()
    assert (promise.due_at, promise.version_number) == (NOON + 4 * DAY, 1)
    assert asked.outgoing
    assert f"/p/{promise.token}" in asked.outgoing.text
    assert "すみません。" in asked.outgoing.text

    answer(promise, asked, "accepted")

    promise.refresh_from_db()
    assert (promise.due_at, promise.version_number) == (NOON + 9 * DAY, 2)
    assert promise.renegotiated_at == NOON
    assert promise.first_due_at == NOON + 4 * DAY
    assert "promise.terms_answered" in told(promise)
    assert observe(promise, "delivered", NOON + 8 * DAY).verdict == "renegotiated"


def test_a_no_leaves_the_promise_and_stands_on_today_until_handled(agent: Actor, customer: Customer) -> None:
    promise = make(customer.pk)
    asked = ask(agent, promise)
    answer(promise, asked, "declined", "困ります。")
    promise.refresh_from_db()
    assert promise.due_at == NOON + 4 * DAY
    (said,) = queries.said_by_customers(actor=agent)
    assert (said.kind, said.words) == ("declined", "困ります。")
    operations.answer_handled(actor=agent, renegotiation_id=asked.pk)
    assert queries.said_by_customers(actor=agent) == []


def test_after_a_question_the_customer_may_still_say_yes_but_not_twice(
    agent: Actor, customer: Customer
) -> None:
    promise = make(customer.pk)
    asked = ask(agent, promise)
    answer(promise, asked, "question", "もっと早くなりませんか。")
    answer(promise, asked, "accepted")
    with pytest.raises(operations.RenegotiationError):
        answer(promise, asked, "declined")


def test_asking_again_takes_the_first_question_back(agent: Actor, customer: Customer) -> None:
    promise = make(customer.pk)
    first, second = ask(agent, promise), ask(agent, promise, due_at=NOON + 12 * DAY)
    with pytest.raises(operations.RenegotiationError):
        answer(promise, first, "accepted")
    assert second.state == "asked"


def test_a_yes_that_comes_after_it_was_done_changes_nothing(agent: Actor, customer: Customer) -> None:
    promise = make(customer.pk)
    asked = ask(agent, promise)
    observe(promise, "delivered", NOON + DAY)
    with pytest.raises(operations.RenegotiationError):
        answer(promise, asked, "accepted")
    assert PromiseVersion.objects.filter(promise=promise).count() == 1


def test_what_was_agreed_by_phone_needs_somebody_who_vouches(agent: Actor, customer: Customer) -> None:
    promise = make(customer.pk)
    new: dict[str, Any] = {"promise_id": promise.pk, "due_at": NOON + 9 * DAY}
    for how, note in (("phone", ""), ("", "山田様")):
        with pytest.raises(operations.RenegotiationError):
            operations.record_agreed(actor=agent, how=how, note=note, **new)
    operations.record_agreed(actor=agent, how="phone", note="山田様と電話で", **new)
    promise.refresh_from_db()
    assert promise.due_at == NOON + 9 * DAY
    assert promise.renegotiated_at


def test_nobody_is_asked_where_there_is_nobody(agent: Actor, customer: Customer) -> None:
    promise = make(customer.pk)
    Customer.objects.filter(pk=customer.pk).update(erased_at=NOON)
    with override("en"), pytest.raises(operations.RenegotiationError, match="erased"):
        ask(agent, promise)
    assert not OutgoingMessage.objects.exists()


def test_who_may_not_record_promises_asks_nobody(analyst: Actor, customer: Customer) -> None:
    promise = make(customer.pk)
    with pytest.raises(NotAllowedError):
        ask(analyst, promise)
    assert not Renegotiation.objects.exists()
    assert not OutgoingMessage.objects.exists()


# Disputes


def test_you_walked_thirty_minutes_not_sixty(agent: Actor, customer: Customer) -> None:
    walk = make(customer.pk, kind="booking", terms={"value": 60, "unit": "min"})
    assert observe(walk, "measured", NOON + DAY, reading=60).state == "kept"
    piece = walk.evidence.get()
    dispute = operations.raise_dispute(
        token=walk.token, said="30分だけでした。", evidence_id=piece.pk, reading=30
    )
    assert [said.kind for said in queries.said_by_customers(actor=agent)] == ["dispute"]

    operations.resolve_dispute(
        actor=agent, dispute_id=dispute.pk, upheld=True, resolution="記録の誤りでした。"
    )

    walk.refresh_from_db()
    assert walk.state == "broken"
    page = queries.public_promise(walk.token)
    assert page
    assert [(step.reading, step.is_retracted, step.source) for step in page.steps] == [
        (60, True, "test"),
        (30, False, "customer"),
    ]
    assert page.disputes[0].resolution == "記録の誤りでした。"


def test_a_refused_dispute_leaves_the_verdict_and_says_why(agent: Actor, customer: Customer) -> None:
    promise = make(customer.pk)
    observe(promise, "delivered", NOON + DAY)
    dispute = operations.raise_dispute(token=promise.token, said="届いていません。")
    with pytest.raises(operations.DisputeError):
        operations.resolve_dispute(actor=agent, dispute_id=dispute.pk, upheld=False, resolution=" ")
    operations.resolve_dispute(
        actor=agent, dispute_id=dispute.pk, upheld=False, resolution="受領印があります。"
    )
    with pytest.raises(operations.DisputeError):
        operations.resolve_dispute(actor=agent, dispute_id=dispute.pk, upheld=True, resolution="x")
    promise.refresh_from_db()
    assert promise.state == "kept"


def test_a_flood_of_disputes_and_a_foreign_piece_are_refused(customer: Customer) -> None:
    promise, other = make(customer.pk), make(customer.pk)
    observe(other, "delivered", NOON)
    with pytest.raises(operations.DisputeError):
        operations.raise_dispute(token=promise.token, said="?", evidence_id=other.evidence.get().pk)
    for _ in range(5):
        operations.raise_dispute(token=promise.token, said="違います。")
    with pytest.raises(operations.DisputeError):
        operations.raise_dispute(token=promise.token, said="違います。")
    assert Dispute.objects.count() == 5


# Subscriptions


def subscribe(promise: Promise, email: str = "Hana@Example.jp ") -> Subscription:
    return operations.subscribe(token=promise.token, email=email, language="ja")


def test_nothing_is_sent_before_the_address_was_confirmed_nor_after_it_ended(customer: Customer) -> None:
    promise = make(customer.pk)
    row = subscribe(promise)
    (confirmation,) = OutgoingMessage.objects.all()
    assert confirmation.to_address == "hana@example.jp"
    assert row.token in confirmation.text
    assert operations.tell_subscribers(promise_id=promise.pk, change="kept", key="1") == 0

    operations.confirm_subscription(token=row.token)
    assert operations.tell_subscribers(promise_id=promise.pk, change="kept", key="2") == 1
    assert operations.tell_subscribers(promise_id=promise.pk, change="kept", key="2") == 1
    assert OutgoingMessage.objects.count() == 2, "the same change is told once"

    operations.end_subscription(token=row.token)
    assert operations.tell_subscribers(promise_id=promise.pk, change="broken", key="3") == 0
    with pytest.raises(Subscription.DoesNotExist):
        operations.confirm_subscription(token=row.token)


def test_a_stranger_can_not_flood_an_address(customer: Customer) -> None:
    for _ in range(3):
        subscribe(make(customer.pk))
    with pytest.raises(operations.SubscribeError):
        subscribe(make(customer.pk))
    with pytest.raises(operations.SubscribeError):
        subscribe(make(customer.pk), "nonsense")
    assert OutgoingMessage.objects.count() == 3


# Erasing, publishing


def test_erasing_a_person_takes_their_words_out_of_the_ledger(
    owner: Actor, agent: Actor, customer: Customer
) -> None:
    promise = make(customer.pk, statement="花子様へ")
    asked = ask(agent, promise)
    answer(promise, asked, "declined", "花子です")
    operations.raise_dispute(token=promise.token, said="花子です")
    subscribe(promise)

    customers.erase(actor=owner, customer_id=customer.pk)

    promise.refresh_from_db()
    assert promise.statement == ""
    assert promise.state == "open"
    assert Dispute.objects.get().said == ""
    assert Renegotiation.objects.get().answer == ""
    assert not Subscription.objects.exists()
    assert queries.public_promise(promise.token) is None
    assert queries.is_erased(promise.token)


def test_only_what_is_backed_is_published(owner: Actor, customer: Customer) -> None:
    claim = to_everyone("claim", terms={"attribute": "range", "value": 30, "unit": "mpg"})
    hours = to_everyone("availability", statement="いつでも在庫があります")
    with pytest.raises(operations.PromiseError):
        operations.publish(actor=owner, promise_id=claim.pk)
    with pytest.raises(operations.PromiseError):
        operations.publish(actor=owner, promise_id=make(customer.pk).pk)
    assert queries.public_promise(hours.token) is None
    operations.publish(actor=owner, promise_id=hours.pk, where="https://shop.example/")
    page = queries.public_promise(hours.token)
    assert page
    assert not page.is_to_one
    assert page.published_in == "https://shop.example/"
    operations.unpublish(actor=owner, promise_id=hours.pk)
    assert queries.public_promise(hours.token) is None


# Before sending


def test_a_draft_is_challenged_by_what_history_says(agent: Actor, customer: Customer) -> None:
    for number in range(25):
        call = make(customer.pk, kind="callback", made_at=NOON - 20 * DAY, due_at=NOON - 10 * DAY)
        observe(call, "called", NOON - 20 * DAY + timedelta(hours=30 + number))
    text = "30分以内にお電話いたします。金曜日までにお電話いたします。できるだけ早くご連絡いたします。"
    found = queries.draft(actor=agent, text=text)
    quick, slow = found.offers
    assert quick.is_unlikely
    assert quick.chance
    assert quick.chance.share == 0
    assert not slow.is_unlikely
    assert slow.by_day
    assert [one.words for one in found.vague] == ["できるだけ早く"]
    assert found.is_challenged


def test_the_quoter_is_asked_where_it_knows_enough(agent: Actor, customer: Customer) -> None:
    quotable.forget_models()
    stored("delivery", days=5.0, count=100)
    soon, later = (queries.chance_of_keeping("delivery", timedelta(days=days), NOON) for days in (1, 30))
    assert soon
    assert later
    assert soon.share < 0.2 < 0.9 < later.share
    found = queries.draft(actor=agent, text="明日までにお届けいたします。")
    assert found.offers[0].is_unlikely


def test_too_little_history_challenges_nobody(agent: Actor, customer: Customer) -> None:
    found = queries.draft(actor=agent, text="We will call you within 10 minutes.")
    assert found.offers[0].chance is None
    assert not found.is_challenged


def test_the_classes_are_chosen_by_who_may(agent: Actor, owner: Actor) -> None:
    with pytest.raises(NotAllowedError):
        operations.set_ledger_policy(
            actor=agent, classes=["human"], challenge_below=0.5, challenges_vague=False
        )
    with pytest.raises(operations.PolicyError):
        operations.set_ledger_policy(actor=owner, classes=[], challenge_below=0.5, challenges_vague=False)
    assert len(queries.expectation_classes()) == 10
    assert not Event.objects.filter(kind="challenge.overridden").exists()
