"""Facts of the sample shop, and what a look at its pages would have found. Seeded by nothing: the same every time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.utils.timezone import localdate

from mikomi.core import clock
from mikomi.core.access.actor import SYSTEM, Actor
from mikomi.core.business.queries import zone
from mikomi.facts import operations
from mikomi.facts.models import Check, Fact, Touchpoint
from mikomi.facts.operations.contradicting import Place, finding_of, settle
from mikomi.facts.queries import read_book
from mikomi.facts.records import FactDraft, TouchpointDraft
from mikomi.facts.rules.comparing import compare
from mikomi.facts.rules.documents import Document
from mikomi.facts.rules.values import Duration, Phone, Price, Value, YesNo, to_json

SITE = "https://minamo.example"
_PAGES = (
    ("/", "暮らしの道具 みなも", ("営業時間 10:00〜19:00（年中無休）", "お電話 03-5555-0123")),
    ("/guide", "お買い物ガイド｜みなも", ("ご注文から2〜3日でお届けします。", "FAX 03-5555-0199")),
    ("/shop", "店舗のご案内｜みなも", ("お電話は03-5555-0120までお気軽に。",)),
)


def load_facts(*, owner: Actor, products: Sequence[tuple[str, str, int]], moment: datetime) -> None:
    """Facts of a shop with these products (code, name, price in yen), and the contradictions of its own pages."""
    with clock.frozen(moment - timedelta(days=40)):
        operations.take_over()
        for draft in _drafts(owner, products):
            operations.save_fact(actor=owner, draft=draft)
    with clock.frozen(moment - timedelta(days=9)):
        _raise_price(owner, products[0])
        place = operations.save_touchpoint(
            actor=owner,
            draft=TouchpointDraft("みなも 公式サイト", Touchpoint.Kind.SITE, SITE, is_active=False),
        )
    with clock.frozen(moment - timedelta(hours=7)):
        _look(place, products)
        operations.check_own_texts()


def _drafts(owner: Actor, products: Sequence[tuple[str, str, int]]) -> Iterator[FactDraft]:
    owners = (owner.user_id or 0,)

    def draft(kind: str, label: str, value: Value, aspect: str) -> FactDraft:
        return FactDraft(kind=kind, label=label, value=to_json(value), owner_ids=owners, aspect=aspect)

    yield draft("phone", "代表電話", Phone("+81355550123"), "main")
    yield draft("lead", "お届けまで", Duration(3, 5, "working_days"), "delivery")
    for code, name, yen in products:
        yield _of_product(
            owners, "price", f"{name} 価格", Price(yen, "JPY", "included"), product=(code, name)
        )
    code, name, _yen = products[-1]
    yield _of_product(owners, "discontinued", f"{name} 販売終了", YesNo(True), product=(code, name))


def _of_product(
    owners: tuple[int, ...], kind: str, label: str, value: Value, *, product: tuple[str, str]
) -> FactDraft:
    code, name = product
    return FactDraft(
        kind=kind,
        label=label,
        value=to_json(value),
        owner_ids=owners,
        scope="product",
        product_code=code,
        names=(name,),
    )


def _raise_price(owner: Actor, product: tuple[str, str, int]) -> None:
    code, name, yen = product
    fact = Fact.objects.get(kind="price", product_code=code)
    value = Price(yen + 220, "JPY", "included")  # as commerce's sample of products says, too
    draft = _of_product((owner.user_id or 0,), "price", fact.label, value, product=(code, name))
    operations.save_fact(actor=owner, draft=replace(draft, reason="原材料の値上がり"), fact_id=fact.pk)


def _look(place: Touchpoint, products: Sequence[tuple[str, str, int]]) -> None:
    """As a check of the site would have ended; nothing is fetched."""
    pages = [
        *_PAGES,
        *(
            (f"/items/{code}", f"{name}｜みなも", (f"価格 {yen:,}円（税込）",))
            for code, name, yen in products
        ),
    ]
    book, today, found = read_book(), localdate(clock.now(), zone()), 0
    for path, title, lines in pages:
        verdict = compare(Document(SITE + path, title, lines), book, today=today)
        found += settle(Place(SITE + path, title, place), [finding_of(one) for one in verdict.disagreements])
    now = clock.now()
    Check.objects.create(
        touchpoint=place, actor_id=SYSTEM.user_id, state=Check.State.DONE, started_at=now - timedelta(seconds=20),
        worked_at=now, finished_at=now, seconds=20, pages_known=len(pages), pages_done=len(pages), contradictions=found,
        outcome="finished",
    )  # fmt: skip
