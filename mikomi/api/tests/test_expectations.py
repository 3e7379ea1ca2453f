"""Questionnaires and expectations by the API."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from mikomi.api.tests.program import Program
from mikomi.core.access.actor import Actor
from mikomi.customers.models import Customer

pytestmark = pytest.mark.django_db


def test_a_questionnaire_is_made_asked_answered_and_summed_up(
    owner: Actor, customer: Customer, noon: datetime
) -> None:
    program = Program(owner)
    given = {"kind": "kano", "title": "Autumn", "items": [{"key": "gift", "en": "Gift wrapping"}]}
    row = program.ok("post", "/questionnaires", given)
    root = f"/questionnaires/{row['id']}"
    assert row["codes"] == {"f:gift": 5, "d:gift": 5}
    assert program.ok("post", f"{root}/ask", {"customer_ids": [customer.pk]}) == {"asked": 1}

    sheet = {"once_key": "1", "answered_at": noon.isoformat(), "answers": {"f:gift": 1, "d:gift": 3}}
    wrong = {**sheet, "once_key": "2", "answers": {"f:gift": 6}}
    found = program.ok("post", f"{root}/sheets", {"sheets": [sheet, wrong, sheet]})
    assert (found["taken"], found["known"], [one["place"] for one in found["refused"]]) == (1, 1, [1])

    span = f"since={(noon - timedelta(days=1)).isoformat()}&until={(noon + timedelta(days=1)).isoformat()}"
    summed = program.ok("get", f"/figures/expectations?{span}".replace("+", "%2B"))
    assert [(one["key"], one["category"]) for one in summed["kano"]] == [("gift", "A")]
    assert program.ok("get", "/questionnaires")["items"][0]["answered"] == 1
    assert program.ok("post", f"{root}/close")["closed_at"]
    assert program.post(f"{root}/sheets", {"sheets": [sheet]}).status_code in (409, 422)
