"""How customers are told of slips, read and set by a program."""

from __future__ import annotations

import pytest

from mikomi.api.tests.program import Program
from mikomi.core.access.actor import Actor

pytestmark = pytest.mark.django_db
GENERAL = {"kind": "", "tells": "dated", "approval": "business", "gather_minutes": 10}


def test_the_policies_are_replaced_whole(owner: Actor) -> None:
    program = Program(owner)
    assert program.ok("get", "/notice-policies") == {"items": [GENERAL]}
    own = {"kind": "delivery", "tells": "always", "approval": "held", "gather_minutes": 0}
    assert program.ok("put", "/notice-policies", {"items": [own]}) == {"items": [GENERAL, own]}
    assert program.ok("get", "/notice-policies") == {"items": [GENERAL, own]}


def test_a_kind_stands_once(owner: Actor) -> None:
    answer = Program(owner).call("put", "/notice-policies", {"items": [GENERAL, GENERAL]})
    assert answer.status_code == 409
    assert Program(owner).call("put", "/notice-policies", {"items": [{"kind": "dream"}]}).status_code == 422


def test_an_agent_may_not(agent: Actor) -> None:
    assert Program(agent).get("/notice-policies").status_code == 403
