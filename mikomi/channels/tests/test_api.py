"""Messages of other programs: stored raw, taken once by their own id."""

from __future__ import annotations

import json

import pytest

from mikomi.channels import api, operations
from mikomi.channels.models import Intake
from mikomi.conversations.models import Message
from mikomi.core.access.actor import Actor, NotAllowedError
from mikomi.core.files import queries as stored
from mikomi.promises.models import Promise

pytestmark = pytest.mark.django_db


def hand_in(actor: Actor, **changes: object) -> Intake:
    values = {"source": "app", "external_id": "m-1", "text": "届きません", "email": "hanako@example.jp"}
    return api.receive(actor=actor, **(values | changes))  # type: ignore[arg-type]


def test_a_message_is_stored_raw_and_filed(agent: Actor) -> None:
    intake = hand_in(agent, name="山田花子", external_person_id="c-7")
    message = Message.objects.get()
    assert (intake.state, message.intake_id, message.channel) == (Intake.State.FILED, intake.pk, "api")
    assert json.loads(stored.read(intake.raw_id or 0))["text"] == "届きません"
    assert set(message.conversation.customer.identities.values_list("source", "value")) == {
        ("", "hanako@example.jp"),
        ("app", "c-7"),
    }
    assert Promise.objects.filter(kind="answer").count() == 1


def test_the_same_id_is_taken_once(agent: Actor) -> None:
    assert hand_in(agent).pk == hand_in(agent).pk
    assert Message.objects.count() == 1


def test_the_same_id_of_another_program_is_another_message(agent: Actor) -> None:
    hand_in(agent)
    hand_in(agent, source="kiosk")
    assert Message.objects.count() == 2


def test_the_same_id_with_other_content_is_refused(agent: Actor) -> None:
    hand_in(agent)
    with pytest.raises(api.SameIdOtherContentError):
        hand_in(agent, text="something else")
    assert (Message.objects.count(), Intake.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"external_id": ""}, "external_id"),
        ({"external_id": "x" * 201}, "external_id"),
        ({"source": "not a code"}, "source"),
        ({"text": " \n"}, "text"),
        ({"text": "x" * 200_001}, "text"),
        ({"email": ""}, "person"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_stored(
    agent: Actor, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(api.MessageRefusedError) as caught:
        hand_in(agent, **changes)
    assert (caught.value.field, Intake.objects.count()) == (field, 0)


def test_only_who_may_answer(marketer: Actor) -> None:
    with pytest.raises(NotAllowedError):
        hand_in(marketer)
    assert not Intake.objects.exists()


def test_what_could_not_be_filed_is_read_again_by_one_click(
    agent: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("mikomi.channels.letters.clean", lambda text: 1 / 0)
        intake = hand_in(agent)
    assert (intake.state, intake.reason) == (Intake.State.QUARANTINED, "error")
    assert operations.reprocess(actor=agent, intake_id=intake.pk).state == Intake.State.FILED
