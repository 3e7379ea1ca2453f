"""The gallery shows everything, to everybody, in both languages; theme and language are remembered."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from mikomi.core.business.models import Business
from mikomi.web.gallery.views import COMPONENTS, PAGES

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["ja", "en"])
def test_gallery_shows_every_component(client: Client, business: Business, language: str) -> None:
    client.cookies["django_language"] = language
    html = client.get(reverse("gallery")).content.decode()
    assert f'<html lang="{language}"' in html
    for name in COMPONENTS:
        assert f'id="gallery-{name}"' in html
    assert 'data-scheme="light" lang="ja"' in html
    assert 'data-scheme="dark" lang="en"' in html


@pytest.mark.parametrize("page", PAGES)
def test_example_pages(client: Client, business: Business, page: str) -> None:
    response = client.get(reverse("gallery_example", args=[page]))
    assert response.status_code == 200
    assert "unsafe" not in response["Content-Security-Policy"]


def test_unknown_page_is_not_found(client: Client, business: Business) -> None:
    assert client.get(reverse("gallery_example", args=["nowhere"])).status_code == 404


def test_theme_is_remembered_and_written_into_the_page(client: Client, business: Business) -> None:
    response = client.post(reverse("set_theme"), {"theme": "dark", "next": "/gallery/"})
    assert response["Location"] == "/gallery/"
    assert '<html lang="ja" data-theme="dark">' in client.get(reverse("gallery")).content.decode()


def test_theme_form_leads_nowhere_else(client: Client, business: Business) -> None:
    response = client.post(reverse("set_theme"), {"theme": "neon", "next": "https://evil.example/"})
    assert response["Location"] == "/"
    assert "theme" not in response.cookies


def test_colour_of_the_business_is_a_style_sheet(client: Client, business: Business) -> None:
    response = client.get(reverse("brand_css", kwargs={"colour": "8a3b12"}))
    assert response["Content-Type"] == "text/css"
    assert "immutable" in response["Cache-Control"]
    assert client.get(reverse("brand_css", kwargs={"colour": "red"})).status_code == 404
