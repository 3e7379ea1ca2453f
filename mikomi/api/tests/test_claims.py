"""Claims by the API: a program states one, measures it, and is told what it comes to."""

from __future__ import annotations

from datetime import datetime

import pytest

from mikomi.api.tests.program import Program
from mikomi.core.access.actor import Actor
from mikomi.promises.models import Measurement

pytestmark = pytest.mark.django_db
CAR = {"statement": "30 miles per gallon", "attribute": "fuel economy", "value": 30, "unit": "mpg", "tolerance": 5,
       "direction": "about"}  # fmt: skip


def measured(values: list[float | str], at: datetime) -> dict[str, object]:
    return {
        "measurements": [
            {"value": value, "measured_at": at.isoformat(), "once_key": f"m{place}"}
            for place, value in enumerate(values)
        ]
    }


def test_a_claim_is_stated_measured_disputed_and_not_published(owner: Actor, noon: datetime) -> None:
    program = Program(owner)
    claim = program.ok("post", "/claims", CAR)["claim"]
    root = f"/claims/{claim['id']}"

    found = program.ok(
        "post", f"{root}/measurements", measured([18, "20 mpg", 19, 18.5, 19.5, "12 km/l"], noon)
    )
    assert (found["taken"], [one["code"] for one in found["refused"]]) == (5, ["other_unit"])
    assert found["claim"]["outcome"] == "broken"
    assert program.ok("post", f"{root}/measurements", measured([18], noon))["known"] == 1

    rows = program.ok("get", f"{root}/measurements")["items"]
    assert len(rows) == 5
    spot = f"{root}/measurements/{rows[0]['id']}"
    dispute = program.ok("post", f"{spot}/dispute", {"words": "flat tyre"})
    assert program.ok("get", root)["disputed"] == 1
    decision = {"upheld": True, "resolution": "flat tyre indeed"}
    program.ok("post", f"/disputes/{dispute['id']}/resolve", decision)
    assert program.ok("get", root)["claim"]["count"] == 4

    assert program.post(f"{root}/publish").status_code == 422
    assert program.ok("patch", root, {"value": 20})["claim"]["value"] == 20
    assert program.ok("get", "/claims?outcome=undecided")["items"][0]["id"] == claim["id"]


def test_a_claim_without_unit_is_refused_in_words(owner: Actor, noon: datetime) -> None:
    answer = Program(owner).post("/claims", {**CAR, "unit": ""}, Accept_Language="en")
    assert answer.status_code == 422
    assert "unit" in answer.json()["detail"]


def test_another_teams_claim_is_not_there(owner: Actor, stranger: Actor, noon: datetime) -> None:
    from mikomi.core.business.models import Team
    from mikomi.promises.models import Promise

    claim = Program(owner).ok("post", "/claims", CAR)["claim"]
    Promise.objects.update(team_id=Team.objects.create(name="Labs").pk)
    program = Program(stranger)
    for method, path, body in (
        ("get", "", None),
        ("get", "/measurements", None),
        ("post", "/measurements", measured([18], noon)),
        ("patch", "", {"value": 20}),
    ):
        assert program.call(method, f"/claims/{claim['id']}{path}", body).status_code == 404
    assert not Measurement.objects.exists()
