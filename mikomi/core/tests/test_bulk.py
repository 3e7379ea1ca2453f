"""A conditional change writes what a QuerySet would, and says how many rows it found."""

from __future__ import annotations

import pytest

from mikomi.channels.models import Intake
from mikomi.core import bulk, clock
from mikomi.core.business.models import Team

pytestmark = pytest.mark.django_db


def test_of_two_who_claim_a_row_one_gets_it() -> None:
    team = Team.objects.create(name="Web")
    assert bulk.change(Team, {"name": "Counter"}, id=team.pk, name="Web") == 1
    assert bulk.change(Team, {"name": "Shop"}, id=team.pk, name="Web") == 0
    team.refresh_from_db()
    assert team.name == "Counter"


def test_values_are_stored_as_django_stores_them() -> None:
    row = Intake.objects.create(
        channel="email", source="1", message_id="a", raw_sha256="b", received_at=clock.now()
    )
    now, detail = clock.now(), {"subject": "納期", "defects": ['x"y']}
    values = {"finished_at": now, "detail": detail, "conversation_id": None, "same_id_other_content": True}
    assert bulk.change(Intake, values, id=row.pk, state="received") == 1
    row.refresh_from_db()
    assert (row.finished_at, row.detail, row.conversation_id, row.same_id_other_content) == (
        now,
        detail,
        None,
        True,
    )


def test_words_of_strangers_stay_values() -> None:
    team = Team.objects.create(name="Web")
    assert bulk.change(Team, {"name": "' OR 1=1 --"}, name="Web' OR 1=1 --") == 0
    assert bulk.change(Team, {"name": "' OR 1=1 --"}, id=team.pk) == 1
    assert Team.objects.get().name == "' OR 1=1 --"
