"""The table's mechanism: what may stand in it, and that it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.db import transaction

from mikomi.core.events import consumers, operations, running
from mikomi.core.events.models import Delivery, Event
from mikomi.core.events.tests.kinds import Ping, Pong
from mikomi.playbook import engine
from mikomi.playbook.engine import WrongPlayError
from mikomi.playbook.play import Play, payload_of
from mikomi.playbook.table import PLAYS


def nothing(event: Event) -> None:
    """Do nothing."""


@pytest.fixture
def install() -> Iterator[Callable[..., None]]:
    names: list[str] = []

    def put(*plays: Play) -> None:
        names.extend(play.name for play in plays if isinstance(play, Play))
        engine.install(plays)

    yield put
    for name in names:
        consumers.unregister(engine.PREFIX + name)


@pytest.mark.django_db
def test_a_play_hears_of_the_kinds_and_cases_it_wants(install: Callable[..., None]) -> None:
    seen: list[object] = []

    def answer(event: Event) -> None:
        seen.append(payload_of(event, Ping))

    install(Play("test_answer", on="test.ping", do=answer, when=lambda event: event.payload["number"] > 1))
    with transaction.atomic():
        for payload in (Ping(1), Ping(2), Pong(3)):
            operations.record(payload)
    running.run_due(worker="w1")
    assert seen == [Ping(2)]
    assert list(Delivery.objects.values_list("consumer", "state")) == [("play:test_answer", "done")] * 2


@pytest.mark.parametrize(
    ("play", "sentence"),
    [
        (Play("test_x", on="no.such", do=nothing), "'test_x'.*unknown event kinds: no.such"),
        (Play("test_x", on=(), do=nothing), "'test_x' names no kind"),
        (Play("Tell customer", on="test.ping", do=nothing), "'Tell customer' needs a name"),
        (Play("test_x", on="test.ping", do="nothing"), "'test_x' must be functions"),  # type: ignore[arg-type]
        ("tell", "holds 'tell', which is not a Play"),
    ],
)
def test_a_wrong_line_is_refused_at_start_up(install: Callable[..., None], play: Play, sentence: str) -> None:
    with pytest.raises(WrongPlayError, match=sentence):
        install(play)


def test_two_plays_of_one_name_are_refused(install: Callable[..., None]) -> None:
    install(Play("test_x", on="test.ping", do=nothing))
    with pytest.raises(WrongPlayError, match="registered twice"):
        install(Play("test_x", on="test.pong", do=nothing))


def test_every_play_of_the_table_is_installed_and_says_what_it_does() -> None:
    for play in PLAYS:
        assert consumers.consumer_named(engine.PREFIX + play.name) is not None
        assert play.do.__doc__, f"The play {play.name} has no docstring."


@pytest.mark.django_db
def test_the_payload_of_another_kind_is_refused() -> None:
    with transaction.atomic():
        event = operations.record(Ping(1))
    with pytest.raises(TypeError, match="carries Ping, the play expects Pong"):
        payload_of(event, Pong)
