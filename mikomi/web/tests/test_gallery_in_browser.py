"""The gallery in a real browser: accessible, obedient to the policy, and led by the keyboard."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from mikomi.core.business.models import Business

pytestmark = pytest.mark.browser
DESK, PHONE = (1440, 900), (390, 844)
PAGES = ["", "today", "inbox", "inbox?pane=list", "customer", "public", "bare"]


@pytest.fixture
def browser(live_server: LiveServer, business: Business) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        yield chromium
        chromium.close()


def open_page(
    browser: Browser,
    address: str,
    *,
    size: tuple[int, int] = DESK,
    theme: str = "light",
    language: str = "ja",
    free: bool = False,
) -> Page:
    """A page in a fresh profile. `free` lifts the content-security policy so that axe may be injected."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, bypass_csp=free)
    cookies = {"theme": theme, "django_language": language}
    context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
    page = context.new_page()
    page.goto(address)
    return page


@pytest.mark.parametrize(
    ("theme", "language", "size"), [("light", "ja", DESK), ("dark", "en", PHONE)], ids=["desk", "phone"]
)
def test_axe_finds_nothing(
    browser: Browser, live_server: LiveServer, theme: str, language: str, size: tuple[int, int]
) -> None:
    found = []
    for name in PAGES:
        address = f"{live_server.url}/gallery/{name}"
        page = open_page(browser, address, size=size, theme=theme, language=language, free=True)
        page.wait_for_timeout(300)  # menus and toasts fade in; axe would measure their half-way colours
        result = Axe().run(page)
        found += [(name, rule["id"], rule["nodes"][0]["target"]) for rule in result.response["violations"]]
        page.context.close()
    assert found == []


def test_policy_is_obeyed_and_nothing_overflows_a_phone(browser: Browser, live_server: LiveServer) -> None:
    complaints: list[str] = []
    for name in PAGES:
        page = open_page(browser, f"{live_server.url}/gallery/{name}", size=PHONE)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.reload()
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE[0], name
        page.context.close()
    assert complaints == []


def test_inbox_is_led_by_the_keyboard(browser: Browser, live_server: LiveServer) -> None:
    page = open_page(browser, f"{live_server.url}/gallery/inbox", language="en")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == "Emma Wilson"
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.textContent") == "山田 花子"
    page.keyboard.press("n")
    assert page.locator("[name=kind][value=note]").is_checked()
    page.keyboard.type("jk e")  # while writing, letters are letters
    assert page.input_value("#composer-text") == "jk e"
    page.get_by_text("Draft kept on this device").wait_for()
    page.reload()
    assert page.input_value("#composer-text") == "jk e"


def test_theme_changes_at_once_and_stays(browser: Browser, live_server: LiveServer) -> None:
    page = open_page(browser, f"{live_server.url}/gallery/bare", language="en")
    page.click("summary[title=Theme]")
    page.click("button[value=dark]")
    assert page.get_attribute("html", "data-theme") == "dark"
    page.reload()
    assert page.get_attribute("html", "data-theme") == "dark"
