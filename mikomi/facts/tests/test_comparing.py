"""A text against the facts: what contradicts them, and what only looks like it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from mikomi.facts.rules.comparing import Verdict, compare
from mikomi.facts.rules.documents import Document, Offer
from mikomi.facts.rules.known import Book, Known
from mikomi.facts.rules.values import Day, Duration, Hours, Number, Phone, Price, YesNo

TODAY = date(2026, 11, 18)
OPEN = ((600, 1140),)
CUP = Known(1, "price.G1", "price", Price(1980, "JPY", "included"), "product:g1", ("G1", "湯のみ 青"),
            former=(Price(1760, "JPY", "included"),))  # fmt: skip
BOWL = Known(2, "price.G2", "price", Price(3300, "JPY", "included"), "product:g2", ("G2", "茶碗"))
PHONE = Known(3, "phone.main", "phone", Phone("+81312345678"), former=(Phone("+81311112222"),))
HOURS = Known(4, "hours.main", "hours", Hours((OPEN, OPEN, (), OPEN, OPEN, OPEN, OPEN)))
LEAD = Known(5, "lead.delivery", "lead", Duration(3, 5, "working_days"))
WEIGHT = Known(
    6,
    "spec.G1.weight",
    "spec",
    Number(Decimal(350), "g"),
    "product:g1",
    ("G1", "湯のみ 青"),
    ("重さ", "weight"),
)
OLD = Known(7, "discontinued.G9", "discontinued", YesNo(True), "product:g9", ("G9", "土瓶"))
STOCK = Known(8, "stock.G1", "stock", YesNo(False), "product:g1", ("G1", "湯のみ 青"))
RELEASE = Known(9, "spec.release", "spec", Day(date(2026, 11, 22)), labels=("発売日", "release"))
BRANCH = Known(10, "hours.KYOTO", "hours", Hours((((660, 1080),),) * 7), "store:2", ("京都店", "Kyoto"))
POSTAGE = Known(11, "price.postage", "price", Price(550, "JPY"), labels=("送料",))
FACTS = [CUP, BOWL, PHONE, HOURS, LEAD, WEIGHT, OLD, STOCK, RELEASE, BRANCH, POSTAGE]


def read(
    *lines: str, title: str = "", offers: tuple[Offer, ...] = (), about: tuple[str, ...] = ()
) -> Verdict:
    return compare(Document("x", title, lines, offers), Book(FACTS), today=TODAY, about=about)


def wrong(*lines: str, title: str = "", about: tuple[str, ...] = ()) -> list[str]:
    return [one.fact.key for one in read(*lines, title=title, about=about).disagreements]


@pytest.mark.parametrize(
    ("line", "keys"),
    [
        ("湯のみ 青 2,200円（税込）", ["price.G1"]),
        ("湯のみ 青 1,980円（税込）", []),
        ("湯のみ 青 1,800円（税抜）", []),
        ("湯のみ 青 1,980円、茶碗 3,300円", []),
        ("湯のみ 青 1,980円、茶碗 2,980円", ["price.G2"]),
        ("湯のみ 青 通常価格2,500円のところ 1,980円", []),
        ("G1 ¥2,200", ["price.G1"]),
        ("G12 ¥2,200", []),  # another product
        ("お電話は03-9999-8888へ", ["phone.main"]),
        ("お電話は03-1234-5678へ", []),
        ("FAX 03-9999-8888", []),
        ("営業時間 9:00〜19:00", ["hours.main"]),
        ("営業時間 10:00〜19:00（水曜定休）", []),
        ("定休日 火曜", ["hours.main"]),
        ("電話受付 9:00〜17:00", []),
        ("2026年11月22日 9:00〜12:00 営業時間変更", []),
        ("京都店 営業時間 11:00〜18:00", []),
        ("京都店 営業時間 10:00〜19:00", ["hours.KYOTO"]),
        ("お届けまで2〜3日", ["lead.delivery"]),
        ("3〜5営業日でお届けします", []),
        ("修理は2週間かかります", []),
        ("到着を確認したあと、2営業日以内に交換品をお届けします", []),
        ("湯のみ 青 重さ 380g", ["spec.G1.weight"]),
        ("湯のみ 青 重さ 0.35kg", []),
        ("茶碗 重さ 380g", []),
        ("土瓶 4,400円", ["discontinued.G9"]),
        ("土瓶は販売終了しました", []),
        ("湯のみ 青 在庫あり", ["stock.G1"]),
        ("発売日 2026年11月23日", ["spec.release"]),
        ("送料 660円", ["price.postage"]),
        ("送料 550円", []),
        ("5,000円以上で送料無料", []),
        ("エコバッグ 500円", []),  # no fact knows it
    ],
)  # fmt: skip
def test_one_line(line: str, keys: list[str]) -> None:
    assert wrong(line) == keys


def test_a_name_holds_for_the_three_lines_below() -> None:
    assert wrong("湯のみ 青", "手作りの一品です", "価格 2,200円") == ["price.G1"]
    assert wrong("湯のみ 青", "a", "b", "c", "価格 2,200円") == []


def test_a_page_about_one_product_is_wrong_only_if_no_price_on_it_is_right() -> None:
    about = ("product:g1",)
    assert wrong("価格 2,200円", about=about) == ["price.G1"]
    assert wrong("価格 1,980円", "おすすめ 2,200円", about=about) == []
    assert wrong("価格 2,200円", title="湯のみ 青 | みなも") == ["price.G1"]


def test_what_was_true_once_is_told_apart() -> None:
    assert [one.is_former for one in read("湯のみ 青 1,760円").disagreements] == [True]
    assert [one.is_former for one in read("お電話 03-1111-2222").disagreements] == [True]
    assert [one.is_former for one in read("湯のみ 青 1,700円").disagreements] == [False]


def test_the_same_said_twice_is_one_contradiction() -> None:
    assert wrong("湯のみ 青 2,200円", "湯のみ 青 2,200円") == ["price.G1"]


def test_structured_offers_are_compared_by_their_code() -> None:
    offer = Offer("g1", "Cup", Price(2200, "JPY"), in_stock=True)
    assert [one.fact.key for one in read(offers=(offer,)).disagreements] == ["price.G1", "stock.G1"]
    dead = Offer("G9", "土瓶", Price(4400, "JPY"), in_stock=True)
    assert [one.what for one in read(offers=(dead,)).disagreements] == ["dead_product"]
    ended = Offer("G9", "土瓶", Price(4400, "JPY"), in_stock=False, discontinued=True)
    assert read(offers=(ended,)).disagreements == []


def test_a_text_that_agrees_says_so() -> None:
    assert read("湯のみ 青 1,980円", "03-1234-5678").agreeing == {1, 3}
