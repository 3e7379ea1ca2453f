"""The page that describes the API."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from mikomi.api.api import api
from mikomi.api.docs import chapters

pytestmark = pytest.mark.django_db


def test_the_page_names_every_operation_and_needs_no_script(client: Client) -> None:
    page = client.get(reverse("api_docs"))
    text = page.content.decode()

    operations = [one for chapter in chapters(api.get_openapi_schema()) for one in chapter.operations]
    assert page.status_code == 200
    assert all(f"<b>{one.method}</b> {one.path}" in text for one in operations)
    assert "<script" not in text
    assert not re.search(r"\sstyle=|https?://(?!testserver)", text)
    assert "script-src 'self'" in page["Content-Security-Policy"]


def test_the_page_speaks_the_readers_language(client: Client) -> None:
    page = client.get(reverse("api_docs"), headers={"Accept-Language": "ja"})

    assert "プログラム" in page.content.decode()


def test_the_document_describes_problems_as_such(client: Client) -> None:
    document = client.get("/api/v1/openapi.json").json()

    answers = document["paths"]["/api/v1/orders"]["get"]["responses"]
    assert set(answers) >= {"200", "401", "403", "404", "409", "413", "422"}
    assert set(answers["403"]["content"]) == {"application/problem+json"}


def test_an_address_that_leads_nowhere_is_answered_for_programs(client: Client) -> None:
    response = client.get("/api/v1/no-such-thing")

    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
