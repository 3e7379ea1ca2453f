"""The small cast of every test: an owner, a manager, an agent, a stranger, a customer and others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils import translation
from pytest_django.fixtures import Settings

from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.models import User
from mikomi.core.access.rules import Role
from mikomi.core.business.models import Business, OpeningHours, Team
from mikomi.core.business.queries import forget_calendar
from mikomi.customers.models import Customer, Identity

NOON = datetime(2026, 11, 18, 3, 0, tzinfo=UTC)
"""Wednesday, 12:00 in Tokyo: an ordinary working day."""


def make_user(name: str, role: Role, team: Team | None = None, password: str | None = None) -> User:
    """A member of the staff called `name`."""
    user = User(email=f"{name}@shop.example", name=name.title(), role=role.value, language="en")
    user.set_password(password)
    user.save()
    if team:
        user.teams.add(team)
    return user


@pytest.fixture
def noon() -> Iterator[datetime]:
    """The clock stands at noon of a working day in Tokyo."""
    with clock.frozen(NOON):
        yield NOON


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, settings: Settings) -> Path:
    """Each test has a data folder of its own."""
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture(autouse=True)
def fresh_calendar() -> None:
    """No test sees the opening hours of another."""
    forget_calendar()


@pytest.fixture(autouse=True)
def default_language() -> Iterator[None]:
    """No test speaks the language that an earlier one's request or notice left active in this process."""
    translation.deactivate()
    yield
    translation.deactivate()


@pytest.fixture
def business(db: None) -> Business:
    """A Japanese shop, open Monday to Friday 10:00–18:00, that lets notices go by themselves."""
    shop = Business.objects.create(
        name="見本商店", observes_holidays=True, holds_notices=False, set_up_at=NOON
    )
    OpeningHours.objects.bulk_create([OpeningHours(weekday=day, opens=600, closes=1080) for day in range(5)])
    return shop


@pytest.fixture
def team(db: None) -> Team:
    return Team.objects.create(name="Support")


@pytest.fixture
def owner_user(business: Business) -> User:
    return make_user("olivia", Role.OWNER)


@pytest.fixture
def owner(owner_user: User) -> Actor:
    return owner_user.as_actor()


@pytest.fixture
def manager(business: Business) -> Actor:
    return make_user("mika", Role.MANAGER).as_actor()


@pytest.fixture
def agent_user(business: Business, team: Team) -> User:
    return make_user("aiko", Role.AGENT, team)


@pytest.fixture
def agent(agent_user: User) -> Actor:
    return agent_user.as_actor()


@pytest.fixture
def stranger(business: Business) -> Actor:
    """An agent of another team."""
    return make_user("saburo", Role.AGENT, Team.objects.create(name="Elsewhere")).as_actor()


@pytest.fixture
def marketer(business: Business) -> Actor:
    return make_user("mei", Role.MARKETER).as_actor()


@pytest.fixture
def analyst(business: Business) -> Actor:
    return make_user("ken", Role.ANALYST).as_actor()


@pytest.fixture
def customer(business: Business) -> Customer:
    """山田花子, known by one e-mail address."""
    person = Customer.objects.create(
        family_name="山田",
        given_name="花子",
        family_kana="ヤマダ",
        given_kana="ハナコ",
        honorific="様",
        first_seen_at=NOON,
        created_at=NOON,
        updated_at=NOON,
    )
    Identity.objects.create(
        customer=person,
        kind=Identity.Kind.EMAIL,
        value="hanako@example.jp",
        shown="hanako@example.jp",
        is_primary=True,
        added_at=NOON,
    )
    return person
