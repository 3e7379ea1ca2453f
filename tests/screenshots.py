"""`make screenshots`: the pictures of README and docs/tour.md, from the sample business of `make run`.

Start `make run` first; the pictures are taken from http://127.0.0.1:8000 or the address in MIKOMI_TEST_URL.
"""

from __future__ import annotations

import os
import sys

from playwright.sync_api import Page, ViewportSize

from tests.journeys.installation import browser
from tests.paths import ROOT

BASE = os.environ.get("MIKOMI_TEST_URL", "http://127.0.0.1:8000")
FOLDER = ROOT / "docs" / "images"
SIZE: ViewportSize = {"width": 1280, "height": 800}


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with browser() as chromium:
        context = chromium.new_context(viewport=SIZE, locale="ja-JP", color_scheme="light")
        page = context.new_page()
        sign_in(page)
        take(page, "/", "today")
        take(page, "/promises/?state=at_risk", "promise", follow=".list-row-title")
        take(page, "/inbox/", "inbox", follow=".thread-link")
        take(page, "/", "recovery", follow="a[href*='#case-']")
        take(page, "/customers/", "customer", follow="table a")
    return 0


def sign_in(page: Page) -> None:
    page.goto(f"{BASE}/accounts/login/")
    page.fill("[name=login]", "manager@shop.example")
    page.fill("[name=password]", "mikomi-sample")
    page.locator("button[data-kind=primary]").click()
    page.wait_for_load_state()


def take(page: Page, path: str, name: str, follow: str = "") -> None:
    page.goto(f"{BASE}{path}")
    if follow:
        page.locator(follow).first.click()
        page.wait_for_load_state()
    page.wait_for_timeout(500)
    page.screenshot(path=FOLDER / f"{name}.png")
    print(f"docs/images/{name}.png")


if __name__ == "__main__":
    sys.exit(main())
