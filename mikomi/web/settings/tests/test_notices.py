"""Settings › Notices as an owner meets them, and as those do who may not."""

from __future__ import annotations

import pytest
from django.test import Client

from mikomi.core.access.actor import Actor
from mikomi.core.access.models import User
from mikomi.promises import queries
from mikomi.promises.models import NoticePolicy

pytestmark = pytest.mark.django_db
PATH = "/settings/notices"


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id or 0))
    return client


def form(*rows: tuple[str, str, str, str], initial: int = 1) -> dict[str, str]:
    names = ("kind", "tells", "approval", "gather_minutes")
    found = {"form-TOTAL_FORMS": str(len(rows)), "form-INITIAL_FORMS": str(initial)}
    for number, row in enumerate(rows):
        found |= {f"form-{number}-{name}": value for name, value in zip(names, row, strict=True)}
    return found


def test_an_owner_says_how_each_kind_is_told(owner: Actor) -> None:
    client = signed_in(owner)
    assert client.get(PATH).status_code == 200
    answer = client.post(PATH, form(("", "dated", "business", "15"), ("delivery", "always", "held", "0")))
    assert answer.status_code == 302
    assert {
        (row.kind, row.tells, row.approval, row.gather_minutes)
        for row in queries.notice_policies(actor=owner)
    } == {("", "dated", "business", 15), ("delivery", "always", "held", 0)}


def test_the_empty_row_at_the_end_is_no_policy(owner: Actor) -> None:
    """As a browser sends it: with what the last row shows before anybody has touched it."""
    rows = (("", "dated", "business", "0"), ("", "dated", "business", "10"))
    assert signed_in(owner).post(PATH, form(*rows)).status_code == 302
    (policy,) = queries.notice_policies(actor=owner)
    assert policy.gather_minutes == 0


@pytest.mark.parametrize(
    "rows",
    [
        [
            ("", "dated", "business", "15"),
            ("delivery", "always", "held", "0"),
            ("delivery", "never", "held", "0"),
        ],
        [("", "dated", "business", "-1")],
        [("", "sometimes", "business", "1")],
        [("answer", "dated", "business", "1")],
    ],
)
def test_what_makes_no_sense_is_said_and_nothing_is_changed(
    owner: Actor, rows: list[tuple[str, str, str, str]]
) -> None:
    answer = signed_in(owner).post(PATH, form(*rows))
    assert answer.status_code == 422
    assert not NoticePolicy.objects.exists()


def test_an_agent_may_not(agent: Actor) -> None:
    client = signed_in(agent)
    assert client.get(PATH).status_code == 403
    assert client.post(PATH, form(("", "never", "free", "0"))).status_code == 403
    assert not NoticePolicy.objects.exists()
