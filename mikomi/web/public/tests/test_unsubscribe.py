"""One press, or one click of the mail program, ends unasked mail; opening the page alone ends nothing."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from mikomi.channels.email import unsubscribing
from mikomi.customers.models import Consent, Customer
from mikomi.outbox.models import OutgoingMessage

pytestmark = pytest.mark.django_db


@pytest.fixture
def link(customer: Customer, settings: Settings) -> str:
    """The address in the header of a piece of news."""
    settings.PUBLIC_URL = "https://desk.shop.example"
    row = OutgoingMessage(customer=customer, purpose="marketing", channel="email")
    return unsubscribing.link_for(row).removeprefix(settings.PUBLIC_URL)


def test_opening_it_ends_nothing(link: str) -> None:
    response = Client().get(link)
    assert response.status_code == 200
    assert "noindex" in response["X-Robots-Tag"]
    assert not Consent.objects.exists()


def test_a_click_of_the_mail_program_ends_it(link: str, customer: Customer) -> None:
    program = Client(enforce_csrf_checks=True)  # it has no cookie and no token of ours (RFC 8058)
    assert program.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    said = Consent.objects.get()
    assert (said.customer, said.purpose, said.granted, said.source) == (
        customer,
        "marketing",
        False,
        "unsubscribe",
    )


def test_a_link_that_was_made_up_leads_nowhere(link: str) -> None:
    assert Client().post(f"{link}x").status_code == 404
    assert not Consent.objects.exists()
