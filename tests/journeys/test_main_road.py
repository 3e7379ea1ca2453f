"""The main road, as people walk it: in a browser, with a real mailbox, in both languages, on the engine under test.

An empty installation is set up; orders and a message come in; promises are made, slip, break, are made good; the
customer is told, asked, and answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from mikomi.core import clock
from tests.journeys.installation import Installation, browser, running, until
from tests.processes import shared_database
from tests.servers import HOST, PASSWORD, Dovecot, SmtpServer, dovecot, smtp_server

__all__ = ["shared_database"]
pytestmark = [pytest.mark.browser, pytest.mark.dovecot]
TOKYO = ZoneInfo("Asia/Tokyo")
OWNER_PASSWORD = "a long enough password"
WORDS = {
    "ja": {
        "begin": "はじめる", "save": "保存して接続を試す", "works": "接続も確かめました", "send": "送信",
        "greeting": "山田 花子", "question": "注文した急須はいつ届きますか？", "answer": "山田様、明日発送いたします。",
        "promise": "明日、発送のご連絡をいたします。",
    },
    "en": {
        "begin": "Begin", "save": "Save and try", "works": "the connection works", "send": "Send",
        "greeting": "Hanako Yamada", "question": "When will the tea pot arrive?", "answer": "It leaves us tomorrow.",
        "promise": "We tell you tomorrow when it has left.",
    },
}  # fmt: skip


@pytest.fixture
def imap() -> Iterator[Dovecot]:
    with dovecot() as server:
        yield server


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    with smtp_server() as server:
        yield server


@pytest.fixture
def mikomi(shared_database: str, tmp_path: Path) -> Iterator[Installation]:
    data = tmp_path / "data"
    data.mkdir()
    with running(shared_database, data) as installation:
        yield installation


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_main_road(
    mikomi: Installation, imap: Dovecot, smtp: SmtpServer, tmp_path: Path, language: str
) -> None:
    with browser() as chromium:
        context = chromium.new_context(
            locale="ja-JP" if language == "ja" else "en-GB", viewport={"width": 1440, "height": 900}
        )
        page = context.new_page()
        page.set_default_timeout(30_000)
        walk = Walk(page, mikomi, imap, smtp, language)

        walk.sets_the_business_up()
        walk.asks_at_once()
        walk.connects_the_mailbox()
        walk.imports_orders(tmp_path)
        walk.answers_a_message_and_promises()
        walk.tells_the_customer_of_a_slip()
        walk.makes_good_what_broke()
        walk.hears_that_it_was_not_good()


class Walk:
    """The steps of the road, in order."""

    def __init__(
        self, page: Page, mikomi: Installation, imap: Dovecot, smtp: SmtpServer, language: str
    ) -> None:
        self.page, self.mikomi, self.imap, self.smtp, self.language = page, mikomi, imap, smtp, language
        self.words = WORDS[language]

    def goes_to(self, path: str) -> None:
        answer = self.page.goto(f"{self.mikomi.url}{path}")
        assert answer is not None
        assert answer.status == 200, path

    def sets_the_business_up(self) -> None:
        """An empty installation leads to the first-run page, in the browser's language."""
        self.goes_to("/")
        page = self.page
        expect(page.locator("html")).to_have_attribute("lang", self.language)
        page.fill("[name=business_name]", "見本商店")
        page.select_option("[name=language]", self.language)
        page.fill("[name=weekdays]", "0:00-24:00")
        page.fill("[name=weekend]", "0:00-24:00")
        page.fill("[name=name]", "Olivia")
        page.fill("[name=email]", "owner@shop.example")
        page.fill("[name=password]", OWNER_PASSWORD)
        page.get_by_role("button", name=self.words["begin"]).click()
        page.wait_for_url("**/welcome/next")

    def asks_at_once(self) -> None:
        """The question how it went leaves as soon as a case is closed, a notice as soon as a promise slips."""
        self.goes_to("/settings/desk")
        self.page.fill("[name=question_after_minutes]", "0")
        self.saves("form[action$='/policy'] button[type=submit]")
        self.goes_to("/settings/notices")
        self.page.fill("[name=form-0-gather_minutes]", "0")
        self.saves("form[action$='/notices'] button[type=submit]")

    def saves(self, button: str) -> None:
        """Press it, and leave the page only when the server has answered."""
        with self.page.expect_response(lambda answer: answer.request.method == "POST") as answer:
            self.page.locator(button).click()
        assert answer.value.status == 302
        self.page.wait_for_load_state()

    def connects_the_mailbox(self) -> None:
        self.goes_to("/settings/mailboxes/new")
        page = self.page
        for name, value in {
            "address": self.imap.user, "imap_host": HOST, "imap_port": str(self.imap.port), "imap_password": PASSWORD,
            "smtp_host": HOST, "smtp_port": str(self.smtp.port),
        }.items():  # fmt: skip
            page.fill(f"[name={name}]", value)
        page.select_option("[name=imap_security]", "none")
        page.select_option("[name=smtp_security]", "none")
        page.get_by_role("button", name=self.words["save"]).click()
        expect(page.get_by_text(self.words["works"])).to_be_visible()

    def imports_orders(self, folder: Path) -> None:
        """A BASE export: one order that comes in some days, one that should have come yesterday."""
        today = clock.now().astimezone(TOKYO).date()
        path = folder / "base.csv"
        path.write_bytes(
            base_export(today - timedelta(days=4), today + timedelta(days=3), today - timedelta(days=1))
        )
        self.goes_to("/imports/")
        page = self.page
        page.set_input_files("input[type=file]", path)
        page.uncheck("[name=backfill]")
        page.locator("form:has(input[type=file]) button[type=submit]").click()
        page.wait_for_url(re.compile(r"/imports/\d+/"))
        run = page.locator("form[action$='/run'] button")
        until(lambda: run.count() or (page.reload() and None))
        run.first.click()
        until(lambda: page.locator("a.button[href='/orders/']").count() or (page.reload() and None))
        self.goes_to("/orders/")
        expect(page.get_by_text("B0001").first).to_be_visible()

    def answers_a_message_and_promises(self) -> None:
        """The customer writes; the agent answers with a promise; the answer arrives in the customer's thread."""
        self.imap.append(
            message_of("hanako@example.jp", self.words["greeting"], self.words["question"], "<q1@example.jp>")
        )
        page = self.page
        row = page.locator(".thread", has_text=self.words["question"]).locator(".thread-link")
        until(lambda: (page.goto(f"{self.mikomi.url}/inbox/") and None) or row.count())
        row.first.click()
        expect(page.get_by_text(self.words["question"]).first).to_be_visible()
        page.fill("textarea[name=body]", self.words["answer"])
        page.locator("details.promise-menu > summary").click()
        page.fill("[name=promise_statement]", self.words["promise"])
        page.fill("[name=promise_due]", f"{clock.now().astimezone(TOKYO) + timedelta(days=1):%Y-%m-%dT%H:%M}")
        page.locator("[data-submit-key]").click()
        mail = until(lambda: self.mails("hanako@example.jp"))[0]
        assert mail["In-Reply-To"] == "<q1@example.jp>"
        assert self.words["answer"] in body_of(mail)
        self.goes_to("/promises/?state=open")
        expect(page.get_by_text(self.words["promise"])).to_be_visible()

    def tells_the_customer_of_a_slip(self) -> None:
        """A new estimate lies after the date: a notice waits, a person releases it, the customer reads and looks."""
        page = self.page
        until(
            lambda: (
                (page.goto(f"{self.mikomi.url}/promises/?state=open") and None)
                or page.get_by_text("B0001").count()
            )
        )
        page.get_by_text("B0001").first.click()
        page.select_option("[name=kind]", "estimate")
        page.fill("[name=expected_at]", f"{clock.now().astimezone(TOKYO) + timedelta(days=6):%Y-%m-%dT10:00}")
        page.locator("#evidence_reason").select_option("carrier_delay")
        page.locator("form[action$='/evidence'] button[type=submit]").click()
        release = page.locator("a[href*='/promises/outgoing/']").first
        until(lambda: (page.goto(self.mikomi.url) and None) or release.count())
        before = len(self.mails("hanako@example.jp"))
        release.click()
        page.locator("form[action$='/release'] button[type=submit]").click()
        until(lambda: len(self.mails("hanako@example.jp")) > before)
        notice = self.mails("hanako@example.jp")[-1]
        link = re.search(rf"{self.mikomi.url}/p/\S+", body_of(notice))
        assert link, body_of(notice)
        self.as_the_customer(link[0], lambda visitor: expect(visitor.locator("h1")).to_be_visible())

    def makes_good_what_broke(self) -> None:
        """The order of yesterday never came: cause, apology, remedy, the question whether it is solved."""
        page = self.page
        until(
            lambda: (
                (page.goto(f"{self.mikomi.url}/promises/?state=broken") and None)
                or page.get_by_text("B0002").count()
            )
        )
        page.get_by_text("B0002").first.click()
        case = page.locator("a[href*='#case-']").first
        until(lambda: (page.reload() and None) or case.count())
        case.click()
        self.case_url = page.url
        self.step("cause", {"cause": "carrier"})
        page.goto(f"{self.mikomi.url}{self.case_path}")
        before = len(self.mails("ken@example.jp"))
        self.step("apology", {"apology": "We are sorry. 申し訳ございません。"})
        self.step("remedy", {"remedy": "refund", "amount": "0"})
        page.locator("form[action*='/ask'] button").first.click()
        until(lambda: len(self.mails("ken@example.jp")) >= before + 2)
        question = next(mail for mail in reversed(self.mails("ken@example.jp")) if "/r/" in body_of(mail))
        link = re.search(rf"{self.mikomi.url}/r/\S+", body_of(question))
        assert link
        page.locator("form[action*='/recovery/'][action*='/close'] button").first.click()
        expect(
            page.locator(".toast[data-toast=error]")
        ).to_be_visible()  # not before the customer has confirmed
        self.as_the_customer(link[0], says_that_it_is_solved)
        page.goto(f"{self.mikomi.url}{self.case_path}")
        page.locator("form[action*='/recovery/'][action*='/close'] button").first.click()
        expect(page.locator(".toast[data-toast=success]")).to_be_visible()

    def hears_that_it_was_not_good(self) -> None:
        """One click in the message is an answer; a poor one opens the case again and stands on Today."""
        until(lambda: [mail for mail in self.mails("ken@example.jp") if "/f/" in body_of(mail)])
        mail = next(mail for mail in self.mails("ken@example.jp") if "/f/" in body_of(mail))
        link = re.search(rf"{self.mikomi.url}/f/\S+score=1", body_of(mail))
        assert link, body_of(mail)
        self.as_the_customer(link[0], lambda visitor: visitor.wait_for_url("**/f/*answered=1"))
        poor = self.page.locator("[data-poor-answers]")
        until(lambda: (self.page.goto(self.mikomi.url) and None) or poor.count())
        self.page.goto(f"{self.mikomi.url}{self.case_path}")
        expect(self.page.locator("form[action*='/recovery/'][action*='/ask']").first).to_be_attached()

    # Helpers

    @property
    def case_path(self) -> str:
        return re.sub(r"^https?://[^/]+", "", self.case_url)

    def step(self, name: str, values: dict[str, str]) -> None:
        """Open one step of the recovery, fill it in and send it."""
        form = self.page.locator(f"form[action*='/recovery/'][action*='/{name}']")
        if not form.is_visible():
            self.page.locator(f"details:has(form[action*='/{name}']) > summary").first.click()
        for field, value in values.items():
            control = form.locator(f"[name={field}]")
            if control.evaluate("element => element.tagName") == "SELECT":
                control.select_option(value)
            else:
                control.fill(value)
        form.locator("button[type=submit]").click()
        expect(self.page.locator(".toast[data-toast=success]")).to_be_visible()

    def mails(self, address: str) -> list[EmailMessage]:
        return [received.mail for received in self.smtp.to(address)]

    def as_the_customer(self, url: str, act: Callable[[Page], object]) -> None:
        """In a browser of their own, not signed in."""
        browser = self.page.context.browser
        assert browser is not None
        context = browser.new_context()
        visitor = context.new_page()
        answer = visitor.goto(url)
        assert answer is not None
        assert answer.status == 200
        act(visitor)
        context.close()


def says_that_it_is_solved(visitor: Page) -> None:
    visitor.locator("button[value=yes]").click()
    visitor.wait_for_url("**thanks=1")


def body_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return str(body.get_content()) if body else ""


def message_of(address: str, name: str, text: str, message_id: str) -> bytes:
    message = EmailMessage()
    message["From"] = f"{name} <{address}>"
    message["To"] = "shop@example.jp"
    message["Subject"] = text
    message["Message-ID"] = message_id
    message.set_content(text)
    return message.as_bytes()


HEADER = (
    "注文ID,注文日時,氏(請求先),名(請求先),郵便番号(請求先),都道府県(請求先),住所(請求先),住所2(請求先),"
    "電話番号(請求先),"
    "メールアドレス(請求先),氏(配送先),名(配送先),郵便番号(配送先),都道府県(配送先),住所(配送先),住所2(配送先),電話番号(配送先),"
    "備考,商品名,バリエーション,価格,税率,数量,合計金額,送料,支払い方法,代引き手数料,発送状況,商品ID,種類ID,購入元,配送日,配送時間帯,"
    "注文メモ,調整金額"
)


def base_export(ordered: date, soon: date, yesterday: date) -> bytes:
    """Two orders as BASE exports them, in cp932."""
    rows = [HEADER]
    for number, family, given, email, day in (
        ("B0001", "山田", "花子", "hanako@example.jp", soon), ("B0002", "佐藤", "健", "ken@example.jp", yesterday),
    ):  # fmt: skip
        place = "1100001,東京都,台東区谷中1-2-3,,0312345678"
        rows.append(
            f"{number},{ordered:%Y-%m-%d} 10:00:00,{family},{given},{place},{email},{family},{given},{place},,"
            f"急須,白,4800,10,1,5400,600,クレジットカード決済,0,未発送,1,1,BASE,{day:%Y-%m-%d},,,0"
        )
    return ("\r\n".join(rows) + "\r\n").encode("cp932")
