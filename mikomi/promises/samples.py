"""Measured claims of the sample business: one that holds, one that is published and broken, one undecided. Seeded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.promises import operations
from mikomi.promises.records import NewClaim, NewMeasurement


@dataclass(frozen=True, slots=True)
class Lot:
    """Measurements of one day: how many, around which mean (or with which share of yes), by whom."""

    days_ago: int
    count: int
    mean: float
    spread: float
    source: str
    measured_by: str


@dataclass(frozen=True, slots=True)
class SampleClaim:
    """A claim, the product behind it, its lots; it is published after the first where `where` says so."""

    claim: NewClaim
    sku: str
    lots: tuple[Lot, ...]
    where: str = ""


CLAIMS = (
    SampleClaim(
        NewClaim("湯のみ（大）はたっぷり280ml入ります。", "容量", 280, "ml", tolerance=12, direction="about"),
        "YUN-01-1",
        (Lot(80, 16, 282, 5, "csv", "検品記録"), Lot(20, 10, 279, 5, "csv", "検品記録")),
        "商品ページ",
    ),
    SampleClaim(
        NewClaim("土鍋は火を止めてから2時間、温かさが続きます。", "保温時間", 120, "分", tolerance=15),
        "NAB-61-1",
        (Lot(70, 12, 131, 7, "agent", ""), Lot(12, 40, 88, 8, "api", "県工業技術センター")),
        "商品ページ",
    ),
    SampleClaim(
        NewClaim(
            "お客様の85%が「友人にすすめたい」とお答えです。", "おすすめ度", 85, "%", tolerance=5, basis="yes_no"
        ),
        "CUP-41-1",
        (Lot(15, 26, 0.9, 0, "survey", ""),),
    ),
)  # fmt: skip


def load_claims(*, actor: Actor, products: Mapping[str, int], seed: int, until: datetime) -> int:
    """State and measure the claims (`products`: id by SKU); how many measurements."""
    return sum(_load(actor, one, products, Random(f"{one.sku} {seed}"), until) for one in CLAIMS)


def _load(
    actor: Actor, one: SampleClaim, products: Mapping[str, int], random: Random, until: datetime
) -> int:

    with clock.frozen(until - timedelta(days=one.lots[0].days_ago + 10)):
        claim = operations.state_claim(
            actor=actor, claim=replace(one.claim, product_id=products.get(one.sku))
        )
    for place, lot in enumerate(one.lots):
        with clock.frozen(until - timedelta(days=lot.days_ago)):
            measured = [_measurement(random, lot, place, number) for number in range(lot.count)]
            operations.measure(actor=actor, claim_id=claim.pk, measurements=measured)
            if one.where and not place:
                operations.publish_claim(actor=actor, claim_id=claim.pk, where=one.where)
    return sum(lot.count for lot in one.lots)


def _measurement(random: Random, lot: Lot, place: int, number: int) -> NewMeasurement:
    value: float | str = round(random.gauss(lot.mean, lot.spread), 1)
    if not lot.spread:
        value = "はい" if random.random() < lot.mean else "いいえ"
    return NewMeasurement(
        value, clock.now() - timedelta(minutes=7 * number), f"sample-{place}-{number}", lot.source,
        measured_by=lot.measured_by,
    )  # fmt: skip
