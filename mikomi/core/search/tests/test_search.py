"""Finding by words, of what one may see, in the same transaction as the rows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.search import kinds, operations, queries
from mikomi.core.search.models import SearchEntry
from mikomi.core.search.operations import Entry
from tests.cast import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def letters_and_sales(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_kinds", {})
    kinds.register("letter", Permission.CONVERSATIONS_VIEW)
    kinds.register("sale", Permission.ORDERS_VIEW)


def entry(number: int, text: str, *, kind: str = "letter", team: int | None = None, age: int = 0) -> Entry:
    moment = NOON - timedelta(days=age)
    return Entry(kind, number, None, team, f"No. {number}", text, moment)


def found(actor: Actor, text: str, kinds: tuple[str, ...] = ()) -> list[int]:
    return [hit.object_id for hit in queries.find(actor=actor, text=text, kinds=kinds)]


def test_every_word_must_be_there_and_the_newest_comes_first(owner: Actor) -> None:
    operations.index(
        [
            entry(1, "納期の遅れと返金について", age=3),
            entry(2, "返金のお願い", age=1),
            entry(3, "納期の確認。返金は不要", age=2),
        ]
    )

    assert found(owner, "返金") == [2, 3, 1]
    assert found(owner, "返金 納期") == [3, 1]
    assert found(owner, "領収書") == []


@pytest.mark.parametrize("text", ["", "   ", "!?", '"', "* AND", "NEAR(", "'; --", "\0", "(", ":*", "\\"])
def test_a_query_without_a_word_or_with_signs_harms_nothing(owner: Actor, text: str) -> None:
    operations.index([entry(1, "返金")])

    assert found(owner, text) == []


def test_what_changes_is_found_by_its_new_words_only(owner: Actor) -> None:
    operations.index([entry(1, "古い言葉")])
    operations.index([entry(1, "新しい文"), entry(2, "別の文")])

    assert found(owner, "古い") == []
    assert found(owner, "新しい") == [1]
    assert SearchEntry.objects.count() == 2

    operations.remove("letter", [1, 99])

    assert found(owner, "新しい") == []
    assert found(owner, "別の") == [2]


def test_the_same_thing_twice_in_one_list_is_indexed_once(owner: Actor) -> None:
    operations.index([entry(1, "先"), entry(1, "後の版")])

    assert found(owner, "後の版") == [1]
    assert found(owner, "先") == []


def test_a_rolled_back_write_is_not_found(owner: Actor) -> None:
    with transaction.atomic():
        operations.index([entry(1, "取消")])
        transaction.set_rollback(True)

    assert found(owner, "取消") == []


def test_another_teams_letters_are_not_found(agent: Actor, stranger: Actor, manager: Actor) -> None:
    team = next(iter(agent.team_ids))
    operations.index([entry(1, "秘密の返金", team=team), entry(2, "皆の返金")])

    assert set(found(agent, "返金")) == {1, 2}
    assert set(found(manager, "返金")) == {1, 2}
    assert found(stranger, "返金") == [2]
    assert queries.ids(actor=stranger, text="返金", kind="letter") == [2]

    operations.move_to_team("letter", [1], next(iter(stranger.team_ids)))

    assert set(found(stranger, "返金")) == {1, 2}
    assert found(agent, "返金") == [2]


def test_kinds_are_chosen_and_permitted(owner: Actor, marketer: Actor) -> None:
    operations.index([entry(1, "返金"), entry(2, "返金", kind="sale")])

    assert found(owner, "返金", ("sale",)) == [2]
    assert found(marketer, "返金") == [2], "a marketer may not see conversations"
    assert found(marketer, "返金", ("letter",)) == []


def test_an_unregistered_kind_is_refused() -> None:
    with pytest.raises(kinds.UnknownKindError, match="parcel"):
        operations.index([entry(1, "x", kind="parcel")])

    assert not SearchEntry.objects.exists()


def test_a_kind_has_one_permission() -> None:
    kinds.register("sale", Permission.ORDERS_VIEW)

    with pytest.raises(ValueError, match="registered twice"):
        kinds.register("sale", Permission.AUDIT_VIEW)


def test_a_huge_text_is_indexed_by_its_beginning(owner: Actor) -> None:
    operations.index([entry(1, "始まり" + "あいうえお " * 200_000), entry(2, "長" * 1_000_000)])

    assert found(owner, "始まり") == [1]
    assert found(owner, "長長") == [2]


def test_more_words_cost_no_more_queries(
    owner: Actor, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    operations.index([entry(number, f"番号 {number}") for number in range(50)])

    with django_assert_num_queries(1):
        assert len(queries.find(actor=owner, text="番号", limit=20)) == 20
