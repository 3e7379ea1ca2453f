"""Every page of the product in Chromium: accessible, translated, within the width of a telephone, without errors.

Two of the eight combinations of language, theme and width are walked, which have nothing in common, so each page is met
and read by axe in each language, theme and width. All eight would take the better part of an hour.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core.cache import cache
from playwright.sync_api import Browser, BrowserContext
from playwright.sync_api import Page as Tab

from mikomi import translations
from mikomi.core.access.models import User
from tests.journeys import pages, scene
from tests.journeys.installation import SECRET_KEY, Installation, browser, running
from tests.processes import shared_database

__all__ = ["shared_database"]
pytestmark = [pytest.mark.browser, pytest.mark.once]
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
    "preload": False,  # of style sheets, for a rule that asks for none of ours
    "iframes": False,  # a stranger's mail is not our page, and runs no script
}
TEXTS = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = new Set();
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const inside = node.parentElement.closest("[lang], code, pre");
    if (inside && inside !== document.documentElement) continue;
    const text = node.nodeValue.trim();
    if (text) found.add(text);
  }
  return [...found];
}"""
SIZE = "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth, document.body.scrollHeight]"
HEIGHT, TALLEST = 900, 12_000


@dataclass(frozen=True, slots=True)
class Look:
    """How a page is looked at."""

    language: Literal["ja", "en"]
    theme: Literal["light", "dark"]
    width: int

    def __str__(self) -> str:
        return f"{self.language} {self.theme} {self.width}"


LOOKS = (
    Look("ja", "light", 390),
    Look("en", "dark", 1440),
)


@dataclass
class Walk:
    """The running product, its pages and the cookies of those who walk."""

    mikomi: Installation
    map: pages.Map
    cookies: dict[str, dict[str, str]]


@pytest.fixture
def stocked(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> User:
    monkeypatch.setattr(
        settings, "SECRET_KEY", SECRET_KEY
    )  # the sessions are made here, the server reads them
    cache.clear()
    return scene.build(monkeypatch)


@pytest.fixture
def mapped(stocked: User) -> tuple[pages.Map, dict[str, dict[str, str]]]:
    walkers = pages.visitors(stocked)
    found = pages.find(stocked, walkers)
    return found, {
        who: {key: one.value for key, one in client.cookies.items()} for who, client in walkers.items()
    }


@pytest.fixture
def walk(
    mapped: tuple[pages.Map, dict[str, dict[str, str]]], shared_database: str, tmp_path: Path
) -> Iterator[Walk]:
    with running(shared_database, tmp_path, with_worker=False) as installation:
        yield Walk(installation, *mapped)


def test_every_page_holds(walk: Walk) -> None:
    assert not walk.map.complaints, "\n".join(walk.map.complaints)
    with browser() as chromium:
        found = [line for look in LOOKS for line in complaints(chromium, walk, look)]
    assert not found, "\n".join(found)


def complaints(chromium: Browser, walk: Walk, look: Look) -> Iterator[str]:
    """What is wrong with the pages when they are looked at so."""
    strange = foreign_texts(look.language)
    for who, cookies in walk.cookies.items():
        mine = [page for page in walk.map.pages if page.visitor == who]
        context = context_for(chromium, walk.mikomi.url, look, cookies)
        tab = context.new_page()
        errors: list[str] = []
        tab.on("pageerror", lambda error: errors.append(str(error)))  # noqa: B023 - the tab goes with the list
        tab.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)  # noqa: B023
        for page in mine:
            tab.set_viewport_size({"width": look.width, "height": HEIGHT})
            tab.goto(f"{walk.mikomi.url}{page.path}", wait_until="load")
            expected = "404" if page.path == "/nothing-here" else None
            said = [error for error in errors if not expected or expected not in error]
            errors.clear()
            wrong = [
                *said,
                *wrong_width(tab, look),
                *wrong_words(tab, look, strange, page),
                *wrong_for_some(tab),
            ]
            yield from (f"{page.path} ({look}): {one}" for one in wrong)
        context.close()


def context_for(chromium: Browser, url: str, look: Look, cookies: dict[str, str]) -> BrowserContext:
    """A browser of this width and theme, signed in, with the language chosen."""
    context = chromium.new_context(
        viewport={"width": look.width, "height": HEIGHT}, color_scheme=look.theme, reduced_motion="reduce",
        locale="ja-JP" if look.language == "ja" else "en-GB",
    )  # fmt: skip
    given = cookies | {settings.LANGUAGE_COOKIE_NAME: look.language}
    context.add_cookies(
        [{"name": name, "value": value, "url": url} for name, value in given.items() if value]
    )
    return context


def wrong_width(tab: Tab, look: Look) -> Iterator[str]:
    """No page scrolls sideways. Leaves the window as tall as the page, so that the bar at its foot hides nothing."""
    wanted, given, height = tab.evaluate(SIZE)
    if wanted > given:
        yield f"is {wanted} px wide in a window of {given}"
    tab.set_viewport_size({"width": look.width, "height": min(max(height, HEIGHT) + 200, TALLEST)})


def foreign_texts(language: str) -> frozenset[str]:
    """English texts of our own catalogue: where one stands on a Japanese page, it was not translated.

    None for an English page: the words of the sample business are Japanese, and some of them are also ours.
    """
    if language != "ja":
        return frozenset()
    pairs = [(entry.msgid, entry.msgstr) for entry in translations.merged() if entry.msgid != entry.msgstr]
    japanese = {text for _english, text in pairs}
    return frozenset(text for text, _japanese in pairs if len(text) > 3 and text not in japanese)


def wrong_words(tab: Tab, look: Look, strange: frozenset[str], page: pages.Page) -> Iterator[str]:
    """The page speaks one language; nothing of the machinery shows."""
    if tab.evaluate("() => document.documentElement.lang") != look.language:
        yield "speaks another language"
    for text in tab.evaluate(TEXTS):
        if text in strange and not page.path.startswith(("/gallery", "/api/")):
            yield f"not translated: {text!r}"
        if "%(" in text or text in ("None", "undefined", "NaN"):
            yield f"not filled in: {text!r}"


def wrong_for_some(tab: Tab) -> Iterator[str]:
    """What axe finds against WCAG 2.2 AA."""
    found: dict[str, Any] = Axe().run(tab, options=RULES).response
    for violation in found["violations"]:
        for node in violation["nodes"]:
            target = " ".join(map(str, node["target"]))
            why = "; ".join(check["message"] for check in [*node["any"], *node["all"], *node["none"]])
            yield f"{violation['id']} at {target}: {why}"
