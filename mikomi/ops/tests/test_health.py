"""What machines ask."""

from __future__ import annotations

import pytest
from django.test import Client

from mikomi.core.access import operations as access
from mikomi.core.access.actor import Actor

pytestmark = pytest.mark.django_db


def test_a_live_process_says_so_without_a_session(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")


def test_ready_when_the_database_is_up_to_date(client: Client) -> None:
    assert client.get("/readyz").json() == {"ready": True, "reason": ""}


def test_figures_are_for_a_token_with_the_right_only(client: Client, owner: Actor) -> None:
    _token, key = access.create_token(actor=owner, name="prometheus", scopes=["operations.view"])
    _other, weak = access.create_token(actor=owner, name="other", scopes=["orders.view"])

    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"authorization": f"Bearer {weak}"}).status_code == 404
    answer = client.get("/metrics", headers={"authorization": f"Bearer {key}"})
    assert 'mikomi_deliveries{state="failed"} 0' in answer.content.decode()
