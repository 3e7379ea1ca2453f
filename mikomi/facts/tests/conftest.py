"""A site, and the facts of a small shop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils.translation import override
from pytest_django import Settings

from mikomi.core.access.actor import Actor
from mikomi.facts import fetching
from mikomi.facts.models import Fact, Touchpoint
from mikomi.facts.operations import save_fact, save_touchpoint
from mikomi.facts.records import FactDraft, TouchpointDraft
from mikomi.facts.tests.site import Site, running

Write = Callable[..., Fact]
Watch = Callable[..., Touchpoint]


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Refusals are read in English here."""
    with override("en"):
        yield


@pytest.fixture
def site(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A web site that may be read although it is on this machine, at full speed."""
    settings.ALLOW_PRIVATE_PAGES = True
    monkeypatch.setattr(fetching, "PACE_SECONDS", 0.0)
    with running() as one:
        yield one


@pytest.fixture
def write(owner: Actor) -> Write:
    """Write a fact of the owner's."""

    def write(kind: str, value: dict[str, Any], **details: Any) -> Fact:
        fact_id = details.pop("fact_id", None)
        actor = details.pop("actor", owner)
        assert owner.user_id is not None
        names = {"label": "A fact", "owner_ids": (owner.user_id,)} | details
        return save_fact(actor=actor, draft=FactDraft(kind=kind, value=value, **names), fact_id=fact_id)

    return write


def yen(amount: int, tax: str = "included") -> dict[str, Any]:
    return {"type": "money", "minor": amount, "currency": "JPY", "tax": tax}


@pytest.fixture
def cup(write: Write) -> Fact:
    """The price of the cup G1: 1,980 yen with tax."""
    return write("price", yen(1980), scope="product", product_code="G1", names=("湯のみ 青", "blue cup"))


@pytest.fixture
def phone(write: Write) -> Fact:
    return write("phone", {"type": "phone", "e164": "+81312345678"}, aspect="main")


@pytest.fixture
def watch(owner: Actor, site: Site) -> Watch:
    """Watch a place of the site."""

    def watch(kind: str = "page", path: str = "/", **details: Any) -> Touchpoint:
        draft = TouchpointDraft(label="Our site", kind=kind, url=site.url + path, **details)
        return save_touchpoint(actor=owner, draft=draft)

    return watch
