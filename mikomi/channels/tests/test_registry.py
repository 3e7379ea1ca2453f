"""The list of channels is refused at start-up with a sentence that names what is wrong."""

from __future__ import annotations

import pytest

from mikomi.channels import registry
from mikomi.channels.registry import Channel, WrongChannelError
from mikomi.conversations import routes


def delivers(worker: str) -> int:
    return 0


GOOD = Channel("good", "Good", answers_by="good", deliver=delivers)
NAMELESS = Channel("Not a name", "X", answers_by="good", deliver=delivers)
IDLE = Channel("idle", "Idle", answers_by="good")
LOST = Channel("lost", "Lost", answers_by="nowhere", deliver=delivers)
HERE = "mikomi.channels.tests.test_registry"


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (f"{HERE}.ABSENT", "can't be imported"),
        ("mikomi.nowhere.CHANNEL", "can't be imported"),
        (f"{HERE}.HERE", "which is not a Channel"),
        (f"{HERE}.NAMELESS", "lower-case letters"),
        (f"{HERE}.IDLE", "neither reads nor delivers"),
        (f"{HERE}.LOST", "delivers nothing"),
        (f"{HERE}.GOOD", "another channel has already"),
    ],
)
def test_a_wrong_line_is_named(line: str, sentence: str) -> None:
    with pytest.raises(WrongChannelError, match=sentence) as caught:
        registry.load((f"{HERE}.GOOD", line))
    assert line in str(caught.value) or "lost" in str(caught.value)


def test_the_channels_of_the_product_load_and_answers_find_their_way() -> None:
    assert set(registry.load()) >= {"email", "webform", "api"}
    assert [routes.route(name) for name in ("email", "webform", "api")] == ["email"] * 3
