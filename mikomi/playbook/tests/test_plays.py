"""What follows from what: the plays of the table, run as the worker runs them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from mikomi.conversations import operations as desk
from mikomi.conversations import queries as desk_queries
from mikomi.conversations.models import Conversation, RecoveryCase
from mikomi.conversations.operations import recovery
from mikomi.conversations.tests.scenes import arrive, at, conversation_from, mail
from mikomi.core.access.actor import SYSTEM, Actor
from mikomi.core.business.models import Business
from mikomi.core.events.models import Delivery
from mikomi.core.events.running import run_due
from mikomi.customers.models import Consent, Customer
from mikomi.facts import operations as facts
from mikomi.facts.records import FactDraft
from mikomi.feedback import operations as feedback
from mikomi.feedback.models import Answer, Invitation
from mikomi.outbox import operations as outbox
from mikomi.outbox.models import OutgoingMessage
from mikomi.playbook.plays.slip_letter import TEMPLATE
from mikomi.promises import operations as promises
from mikomi.promises.models import NoticePolicy, Promise, Slip
from mikomi.promises.records import NewPromise, Observation

pytestmark = pytest.mark.django_db


def play() -> None:
    """Run everything that follows, until nothing does."""
    while run_due(worker="w"):
        pass
    assert not Delivery.objects.filter(state=Delivery.State.FAILED).exists()
    assert not Delivery.objects.exclude(error="").exists()


def deliver() -> list[str]:
    """The server takes whatever is due; answers the texts that left."""
    texts = []
    while rows := outbox.claim_due(worker="w", channel="email"):
        for row in rows:
            outbox.begin_attempt(outgoing_id=row.pk, worker="w")
            outbox.mark_sent(row.pk, f"{row.pk}@shop.example")
            texts.append(row.text)
    return texts


def at_once(owner: Actor, **policy: str) -> None:
    """The business tells of each slip by itself, without waiting for others."""
    desk.ensure_defaults()
    promises.set_notice_policies(actor=owner, policies=[NoticePolicy(gather_minutes=0, **policy)])


@pytest.fixture
def delivery(customer: Customer, owner: Actor, noon: datetime) -> Promise:
    """A parcel promised for the day after tomorrow; slips are told at once."""
    at_once(owner)
    promise = NewPromise("delivery", customer.pk, (noon + timedelta(days=2)).date(), "order_date")
    return promises.make(actor=SYSTEM, promise=promise)


def slip(promise: Promise, days: int = 4, key: str = "eta1", reason: str = "carrier_delay") -> None:
    expected = promise.deadline + timedelta(days=days)
    seen = Observation(
        "estimate", promise.made_at, key, "carrier", promise.pk, expected_at=expected, reason=reason
    )
    promises.observe(actor=SYSTEM, observation=seen)


def notices() -> list[OutgoingMessage]:
    return list(OutgoingMessage.objects.filter(purpose="notice").order_by("id"))


def test_the_customer_is_told_of_a_slip_before_the_date_passes(delivery: Promise) -> None:
    slip(delivery)
    play()
    (notice,) = notices()
    assert notice.subject == "ご注文の品のお届けの遅れについて"
    for words in (
        "山田 花子 様",
        "配送会社の輸送に遅れが出ております。",
        "お約束した日時：2026年11月20日(金)",
        "新しい見込み：2026年11月24日(火)",
        "取り消す",
        f"/p/{delivery.token}",
    ):
        assert words in notice.text
    # the story says that the customer was told once the notice has left
    assert Slip.objects.get().outgoing is None
    assert len(deliver()) == 1
    play()
    assert Slip.objects.get().outgoing == notice


def test_the_same_slip_is_told_once_and_new_terms_may_slip_again(delivery: Promise, noon: datetime) -> None:
    slip(delivery)
    play()
    slip(delivery, days=6, key="eta2")
    play()
    assert len(notices()) == 1
    promises.change_terms(
        actor=SYSTEM, promise_id=delivery.pk, due_at=(noon + timedelta(days=8)).date(), reason="told"
    )
    slip(delivery, days=12, key="eta3")
    play()
    assert [notice.once_key for notice in notices()] == [f"slip:{delivery.pk}:1", f"slip:{delivery.pk}:2"]


def test_three_slips_within_the_time_of_gathering_make_one_message(
    customer: Customer, delivery: Promise, owner: Actor, noon: datetime
) -> None:
    # given a business that gathers for ten minutes, and two more promises
    promises.set_notice_policies(actor=owner, policies=[NoticePolicy(gather_minutes=10)])
    new = [
        NewPromise(kind, customer.pk, (noon + timedelta(days=days)).date(), "order_date")
        for kind, days in (("shipping", 1), ("delivery", 3))
    ]
    others = promises.make_many(actor=SYSTEM, promises=new)
    # when all three slip, the last one some minutes after the first
    slip(delivery)
    slip(others[0], reason="out_of_stock")
    play()
    with at(noon + timedelta(minutes=6)):
        slip(others[1])
        play()
        promises.notices_due()
        play()
        assert notices() == []
    # then one message tells of them once ten minutes have passed since the first
    with at(noon + timedelta(minutes=10)):
        assert promises.notices_due() == 2
        play()
        (notice,) = notices()
        assert notice.subject == "3件のお約束の遅れについて"
        for promise in (delivery, *others):
            assert f"/p/{promise.token}" in notice.text
        assert notice.text.count("理由：") == 3
    # and nothing follows later
    with at(noon + timedelta(minutes=20)):
        promises.notices_due()
        play()
        assert len(notices()) == 1
        assert len(deliver()) == 1
        play()
    assert {row.outgoing for row in Slip.objects.select_related("outgoing")} == {notice}


def test_what_was_decided_while_gathering_is_not_told(
    delivery: Promise, owner: Actor, noon: datetime
) -> None:
    promises.set_notice_policies(actor=owner, policies=[NoticePolicy(gather_minutes=10)])
    slip(delivery)
    play()
    promises.observe(actor=SYSTEM, observation=Observation("delivered", noon, "here", "carrier", delivery.pk))
    with at(noon + timedelta(minutes=11)):
        promises.notices_due()
        play()
    assert notices() == []


def test_each_kind_of_promise_has_its_own_policy(delivery: Promise, owner: Actor) -> None:
    Business.objects.update(holds_notices=False)
    held = NoticePolicy(kind="delivery", gather_minutes=0, approval="held")
    promises.set_notice_policies(actor=owner, policies=[NoticePolicy(tells="never"), held])
    slip(delivery)
    play()
    assert [notice.state for notice in notices()] == ["held"]


def test_a_kind_that_is_left_to_people_is_not_told_by_itself(delivery: Promise, owner: Actor) -> None:
    promises.set_notice_policies(actor=owner, policies=[NoticePolicy(tells="never", gather_minutes=0)])
    slip(delivery)
    play()
    assert notices() == []


def test_a_kind_may_leave_by_itself_where_the_business_holds_the_others(
    delivery: Promise, owner: Actor
) -> None:
    Business.objects.update(holds_notices=True)
    free = NoticePolicy(kind="delivery", gather_minutes=0, approval="free")
    promises.set_notice_policies(actor=owner, policies=[free])
    slip(delivery)
    play()
    assert [notice.state for notice in notices()] == ["waiting"]


def test_an_english_customer_is_told_in_english(delivery: Promise, customer: Customer) -> None:
    Customer.objects.update(language="en", honorific="Ms.")
    slip(delivery, reason="")
    play()
    (notice,) = notices()
    assert notice.text.startswith("Dear Ms. 山田")
    assert "Friday, 20 November 2026" in notice.text
    assert "We are still finding out why" in notice.text


def test_a_business_may_want_to_release_each_notice(delivery: Promise) -> None:
    Business.objects.update(holds_notices=True)
    slip(delivery)
    play()
    assert [notice.state for notice in notices()] == ["held"]
    assert deliver() == []


def test_who_may_not_be_contacted_is_not_and_the_story_says_why(
    delivery: Promise, customer: Customer, noon: datetime
) -> None:
    Consent.objects.create(
        customer=customer, channel="email", purpose="service", granted=False, at=noon, source="test"
    )
    slip(delivery)
    play()
    assert deliver() == []
    assert Slip.objects.get().outcome == {"refused": "refused"}


def test_a_mere_chance_is_for_the_staff_unless_the_business_wants_it_said(
    customer: Customer, owner: Actor, noon: datetime
) -> None:
    def nearly_due() -> Promise:
        with at(noon - timedelta(days=9)):
            new = NewPromise("delivery", customer.pk, noon + timedelta(hours=3), "order_date")
            return promises.make(actor=SYSTEM, promise=new)

    Business.objects.update(at_risk_from=0.01)
    nearly_due()
    promises.look()
    play()
    assert Promise.objects.get().state == "at_risk"
    assert notices() == []
    at_once(owner, tells="always")
    nearly_due()
    promises.look()
    play()
    (notice,) = notices()
    assert "新しい日時は、分かり次第すぐにお知らせいたします。" in notice.text


def test_a_broken_promise_opens_a_case_and_a_late_answer_does_not(delivery: Promise, noon: datetime) -> None:
    conversation_from()
    with at(noon + timedelta(days=4)):
        promises.look()
        play()
    assert set(Promise.objects.values_list("kind", "state")) == {("delivery", "broken"), ("answer", "broken")}
    assert RecoveryCase.objects.get().promise == delivery


def test_a_promise_that_was_kept_after_all_opens_nothing(delivery: Promise, noon: datetime) -> None:
    with at(noon + timedelta(days=4)):
        promises.look()
        seen = Observation("delivered", noon + timedelta(days=1), "d1", "carrier", delivery.pk)
        promises.observe(actor=SYSTEM, observation=seen)
        play()
    assert not RecoveryCase.objects.exists()


def test_history_is_left_in_peace(customer: Customer, noon: datetime) -> None:
    old = noon - timedelta(days=300)
    promises.make(
        actor=SYSTEM,
        promise=NewPromise(
            "delivery", customer.pk, old + timedelta(days=2), "order_date", made_at=old, backfill=True
        ),
    )
    play()
    assert Promise.objects.get().state == "broken"
    assert not RecoveryCase.objects.exists()
    assert not OutgoingMessage.objects.exists()


def test_a_closed_conversation_is_asked_about_and_a_poor_answer_opens_it_again(
    customer: Customer, agent: Actor, noon: datetime
) -> None:
    # given a conversation that is answered and closed
    conversation = conversation_from()
    desk.answer(actor=agent, conversation_id=conversation.pk, text="明日です。", close_after=True)
    play()
    assert len(deliver()) == 1
    # when the question has left and is answered poorly
    with at(noon + timedelta(minutes=30)):
        assert len(deliver()) == 1
        feedback.answer(token=Invitation.objects.get().token, score=1)
        play()
    # then it is open again, until somebody closes it
    conversation.refresh_from_db()
    assert conversation.state == "open"
    assert Answer.objects.get().handled_at is None
    with at(noon + timedelta(hours=2)):
        desk.close(actor=agent, conversation_id=conversation.pk)
        play()
    assert Answer.objects.get().handled_at == noon + timedelta(hours=2)
    assert OutgoingMessage.objects.filter(purpose="survey").count() == 1


def test_a_poor_answer_about_a_recovery_opens_the_recovery_again(
    delivery: Promise, agent: Actor, noon: datetime
) -> None:
    with at(noon + timedelta(days=4)):
        promises.look()
        play()
        case = RecoveryCase.objects.get()
        recovery.apologise(actor=agent, recovery_id=case.pk, text="申し訳ございません。")
        recovery.record_told(actor=agent, recovery_id=case.pk, solved=True)
        recovery.close_case(actor=agent, recovery_id=case.pk)
        play()
        feedback.answer(token=Invitation.objects.get().token, score=2)
        play()
        case.refresh_from_db()
        assert (case.state, case.reopened_count) == ("open", 1)
        recovery.record_told(actor=agent, recovery_id=case.pk, solved=True)
        recovery.close_case(actor=agent, recovery_id=case.pk)
        play()
    assert Answer.objects.get().handled_at is not None


def test_what_is_open_again_before_the_question_left_is_not_asked_about(
    customer: Customer, agent: Actor, noon: datetime
) -> None:
    conversation = conversation_from()
    desk.answer(actor=agent, conversation_id=conversation.pk, text="明日です。", close_after=True)
    play()
    with at(noon + timedelta(minutes=5)):
        arrive(mail("待ってください。", conversation_id=conversation.pk))
        play()
    with at(noon + timedelta(hours=1)):
        assert not [text for text in deliver() if "/f/" in text]


def test_an_answer_that_came_back_is_owed_again(customer: Customer, agent: Actor, noon: datetime) -> None:
    conversation = conversation_from()
    message = desk.answer(actor=agent, conversation_id=conversation.pk, text="明日です。")
    assert message.outgoing is not None
    deliver()
    outbox.mark_bounced(message.outgoing.pk, "no_such_user", "550 no such user")
    play()
    conversation.refresh_from_db()
    assert conversation.waiting_since == noon
    assert Promise.objects.get().met_at is None


def test_plays_work_on_what_is_gone_without_failing(customer: Customer, agent: Actor, noon: datetime) -> None:
    conversation = conversation_from()
    desk.answer(actor=agent, conversation_id=conversation.pk, text="明日です。", close_after=True)
    Conversation.objects.update(deleted_at=noon)
    play()
    assert not Invitation.objects.exists()


def test_a_notice_whose_fact_expired_waits_for_a_person_and_leaves_once_it_is_filled_in(
    delivery: Promise, owner: Actor, noon: datetime
) -> None:
    fact = facts.save_fact(
        actor=owner,
        draft=FactDraft(
            "phone",
            "Telephone",
            {"type": "phone", "e164": "+81312345678"},
            (owner.user_id or 0,),
            aspect="main",
        ),
    )
    quoted = "お詫び {{ fact.phone.main }}"
    for language in ("ja", "en"):
        desk.save_template(
            actor=owner, key=TEMPLATE, language=language, title="Slip", subject="Slip", text=quoted
        )
    with pytest.raises(desk.TemplateRefusedError, match=r"phone\.gone"):
        desk.save_template(
            actor=owner, key=TEMPLATE, language="ja", title="x", subject="x", text="{{ fact.phone.gone }}"
        )
    facts.archive_fact(actor=owner, fact_id=fact.pk)

    slip(delivery)
    play()

    (notice,) = notices()
    assert notice.state == "held"
    assert "【fact.phone.main" in notice.text
    with pytest.raises(outbox.OutboxError, match=r"fact\.phone\.main"):
        outbox.release(actor=owner, outgoing_id=notice.pk)
    outbox.edit_held(actor=owner, outgoing_id=notice.pk, subject="遅れ", text="お詫び 03-1234-5678")
    assert outbox.release(actor=owner, outgoing_id=notice.pk).state == "waiting"


def test_a_guide_quotes_facts_and_refuses_unknown_ones(owner: Actor, noon: datetime) -> None:
    facts.save_fact(
        actor=owner,
        draft=FactDraft(
            "phone",
            "Telephone",
            {"type": "phone", "e164": "+81312345678"},
            (owner.user_id or 0,),
            aspect="main",
        ),
    )
    with pytest.raises(desk.GuideError, match=r"phone\.gone"):
        desk.set_guide(actor=owner, cause="carrier", prevention="{{ fact.phone.gone }}")
    found = desk.set_guide(actor=owner, cause="carrier", prevention="Call {{ fact.phone.main }}.")
    assert "03-1234-5678" in desk_queries.proposed_prevention(found)
