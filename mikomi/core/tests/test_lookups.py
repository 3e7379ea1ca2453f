"""Small questions get the answer that a QuerySet would give."""

from __future__ import annotations

import pytest

from mikomi.core import lookups
from mikomi.core.business.models import Team

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _teams() -> None:
    Team.objects.bulk_create([Team(name="Web"), Team(name="Counter")])


def test_whether_there_is_such_a_row() -> None:
    assert lookups.exists(Team, name="Web")
    assert not lookups.exists(Team, name="web shop")
    assert lookups.exists(Team, name=["Web", "nobody"])
    assert not lookups.exists(Team, name=[])
    assert not lookups.exists(Team, name=None)


def test_the_columns_of_the_rows() -> None:
    expected = set(Team.objects.values_list("id", "name"))
    assert set(lookups.rows(Team, ["id", "name"], name={"Web", "Counter"})) == expected
    assert lookups.rows(Team, ["name"], name="Web", id=0) == []


def test_words_of_strangers_stay_values() -> None:
    assert not lookups.exists(Team, name="Web' OR 1=1 --")
