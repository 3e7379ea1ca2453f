"""Quotes by the API."""

from __future__ import annotations

from datetime import datetime

import pytest

from mikomi.api.tests.program import Program
from mikomi.core.access.actor import Actor
from mikomi.promises import quotable
from mikomi.promises.models import Quote
from mikomi.promises.tests.test_quotes import stored

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_models() -> None:
    quotable.forget_models()


def test_a_program_asks_stores_and_checks(owner: Actor, noon: datetime) -> None:
    model = stored()
    program = Program(owner)
    offers = program.ok("get", "/quotes?kind=delivery&group=web")
    assert [one["confidence"] for one in offers["offers"]] == [0.8, 0.9, 0.95]
    assert (offers["cases"], offers["open_cases"], offers["model_version"]) == (110, 10, model.pk)
    assert Quote.objects.count() == 0

    given = program.ok("post", "/quotes", {"kind": "delivery", "confidence": 0.9, "group": "web"})
    assert (given["basis"], given["kept"], given["group"]) == ("history", None, "store=web")
    assert Quote.objects.get().pk == given["id"]

    found = program.ok("get", "/quotes/calibration?kind=delivery")
    assert found["walked"][0]["kept"] == 181


def test_what_cannot_be_quoted_is_refused(owner: Actor, noon: datetime) -> None:
    program = Program(owner)
    assert program.post("/quotes", {"kind": "magic"}).status_code == 422
    assert program.post("/quotes", {"kind": "delivery", "confidence": 1}).status_code == 422
    assert program.post("/quotes", {"kind": "delivery", "promise_id": 99}).status_code == 404
    assert not Quote.objects.exists()
