"""A visitor sends the contact form: stored first, promised an answer, programs kept aside."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from unittest.mock import patch

import pytest
from django.core.cache import cache

from mikomi.channels import operations as channels
from mikomi.channels import processing, queries
from mikomi.channels.models import Intake, Mailbox, WebForm
from mikomi.channels.tasks import deliver_due
from mikomi.channels.webform import operations, rules
from mikomi.channels.webform.operations import FormRefusedError, Receipt, Submission, TooManyError, Upload
from mikomi.conversations import operations as desk
from mikomi.conversations.models import Conversation, Message
from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.business.models import Business
from tests.cast import NOON
from tests.servers import smtp_server

pytestmark = pytest.mark.django_db


@pytest.fixture
def form(business: Business) -> WebForm:
    cache.clear()
    return WebForm.objects.create(token="tok", name="お問い合わせ")


def send(form: WebForm, *, seconds: float = 30, **changes: object) -> Receipt:
    """Opened at noon, sent `seconds` later."""
    with clock.frozen(NOON):
        stamp = operations.new_stamp(form)
    values = {"name": "山田花子", "email": "hanako@example.jp", "text": "返品したいです", "stamp": stamp}
    with clock.frozen(NOON + timedelta(seconds=seconds)):
        return operations.submit(token=form.token, submission=Submission(**(values | changes)))  # type: ignore[arg-type]


def test_a_message_is_filed_and_the_visitor_is_told_when(form: WebForm) -> None:
    receipt = send(form)
    conversation = Conversation.objects.get()
    assert (conversation.channel, Message.objects.get().text) == ("webform", "返品したいです")
    assert receipt.answer_due_at == conversation.answer_due_at


def test_it_is_stored_before_anything_else_is_done_with_it(form: WebForm) -> None:
    with patch.object(processing, "channel_named", side_effect=OSError("disk")):
        receipt = send(form)
    intake = Intake.objects.get(pk=receipt.intake_id)
    assert (intake.state, Message.objects.count()) == (Intake.State.RECEIVED, 0)
    processing.process_due("w")
    assert Message.objects.get().intake_id == intake.pk


def test_files_come_along(form: WebForm) -> None:
    send(form, files=[Upload("割れ.png", "image/png", 5, BytesIO(b"\x89PNG."))])
    part = Message.objects.get().attachments.get()
    assert (part.name, part.size, part.content_type) == ("割れ.png", 5, "image/png")


def test_a_double_click_is_one_message(form: WebForm) -> None:
    with clock.frozen(NOON):
        stamp = operations.new_stamp(form)
    assert send(form, stamp=stamp).intake_id == send(form, stamp=stamp, seconds=31).intake_id
    assert send(form).intake_id != send(form, stamp=stamp).intake_id
    assert Message.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": ""}, "email"),
        ({"email": "nobody"}, "email"),
        ({"text": "  "}, "text"),
        ({"text": "x" * (rules.LONGEST_TEXT + 1)}, "text"),
        ({"name": "名" * 10_000}, "name"),
        ({"phone": "1" * 41}, "phone"),
        ({"stamp": "forged"}, "form"),
        ({"seconds": 25 * 3600}, "form"),
        ({"files": [Upload("a", "", rules.LARGEST_FILE + 1, BytesIO())]}, "files"),
        ({"files": [Upload("a", "", 1, BytesIO(b"a"))] * 6}, "files"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    form: WebForm, changes: dict[str, object], field: str
) -> None:
    if "seconds" in changes:
        from django.core import signing

        with (
            patch.object(signing, "loads", side_effect=signing.SignatureExpired("old")),
            pytest.raises(FormRefusedError) as caught,
        ):
            send(form)
    else:
        with pytest.raises(FormRefusedError) as caught:
            send(form, **changes)  # type: ignore[arg-type]
    assert set(caught.value.errors) == {field}
    assert not Intake.objects.exists()


@pytest.mark.parametrize(
    ("changes", "reason"), [({"trap": "http://spam"}, "honeypot"), ({"seconds": 1.0}, "too_fast")]
)
def test_a_program_gets_no_answer_but_nothing_is_lost(
    form: WebForm, agent: Actor, changes: dict[str, object], reason: str
) -> None:
    receipt = send(form, **changes)  # type: ignore[arg-type]
    intake = Intake.objects.get(pk=receipt.intake_id)
    assert (intake.state, intake.reason, Message.objects.count()) == (Intake.State.QUARANTINED, reason, 0)
    assert channels.reprocess_all(actor=agent) == 0
    assert channels.reprocess(actor=agent, intake_id=intake.pk).state == Intake.State.FILED
    assert Message.objects.count() == 1


def test_many_messages_from_one_address_are_refused(form: WebForm) -> None:
    for number in range(rules.MOST_PER_WINDOW):
        send(form, text=f"message {number}", caller="192.0.2.1")
    with pytest.raises(TooManyError):
        send(form, caller="192.0.2.1")
    send(form, caller="192.0.2.2")
    assert Intake.objects.count() == rules.MOST_PER_WINDOW + 1


def test_a_form_that_is_switched_off_is_gone(form: WebForm) -> None:
    WebForm.objects.update(is_active=False)
    with pytest.raises(WebForm.DoesNotExist):
        send(form)
    with pytest.raises(WebForm.DoesNotExist):
        queries.public_form("tok")


def test_the_answer_goes_out_by_mail_from_the_mailbox_of_the_form(form: WebForm, agent: Actor) -> None:
    with smtp_server() as smtp:
        Mailbox.objects.create(address="first@shop.example", **smtp.settings())
        mine = Mailbox.objects.create(address="forms@shop.example", **smtp.settings())
        WebForm.objects.update(mailbox=mine)
        send(form)
        desk.answer(actor=agent, conversation_id=Conversation.objects.get().pk, text="承知しました")
        deliver_due("w")
        (taken,) = smtp.messages
    assert (taken.sender, taken.recipients) == ("forms@shop.example", ("hanako@example.jp",))
