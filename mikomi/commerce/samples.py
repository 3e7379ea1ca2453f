"""Orders of an imagined Japanese shop for tableware, tea and small gifts, with a counter and a web shop.

Seeded: the same seed and moment give the same orders. Everything is relative to `now`: what would happen later has
not happened yet, so some orders are on their way, some late, some with an estimate beyond their promised day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from random import Random
from zoneinfo import ZoneInfo

from mikomi.commerce.records import OrderLineRecord, OrderRecord, ProductRecord, RefundRecord, TimeBand
from mikomi.customers.records import AddressRecord, PersonRecord

TOKYO = ZoneInfo("Asia/Tokyo")
WEB, COUNTER = "web", "counter"
SOURCE = "sample"
WEB_SHARE = 0.66
SHORT = "NAB-61"
RAISED = 220
"""The first article costs so much more now than when it was sold."""
_OUT_OF_SEASON = 0.15


@dataclass(frozen=True, slots=True)
class Article:
    """Something sold: price in yen, and how much it is wanted in each month (1 is usual)."""

    sku: str
    name: str
    variants: tuple[str, ...]
    price: int
    summer: float = 1.0
    winter: float = 1.0
    gift: float = 1.0

    def wanted_in(self, month: int) -> float:
        """The weight of the article in a month: high summer, deep winter, and the two seasons of gifts."""
        season = self.summer if month in (6, 7, 8) else self.winter if month in (11, 12, 1, 2) else 1.0
        return season * (self.gift if month in (7, 12) else 1.0)


ARTICLES = (
    Article("YUN-01", "湯のみ 藍染付", ("大", "小"), 1980),
    Article("YUN-02", "湯のみ 粉引", ("白", "灰"), 2420),
    Article("CHA-11", "茶碗 十草", ("赤", "藍"), 2640),
    Article("CHA-12", "夫婦茶碗 桐箱入り", ("",), 7700, gift=2.2),
    Article("SAR-21", "豆皿 五枚組", ("草花", "縁起物"), 3850, gift=1.6),
    Article("SAR-22", "長皿 織部", ("",), 3300),
    Article("KYU-31", "急須 常滑焼", ("朱泥", "黒泥"), 6050),
    Article("KYU-32", "ガラス急須", ("",), 3520, summer=2.0),
    Article("CUP-41", "江戸切子 ぐい呑み", ("瑠璃", "紅"), 8800, gift=1.8),
    Article("CUP-42", "冷茶グラス 二客", ("",), 2860, summer=3.0, winter=0.3),
    Article("FUR-51", "風鈴 南部鉄器", ("金魚", "無地"), 2200, summer=4.0, winter=0.1),
    Article("NAB-61", "土鍋 八号", ("飴", "黒"), 8250, winter=3.2, summer=0.2),
    Article("NAB-62", "土鍋 六号", ("飴", "黒"), 5940, winter=2.8, summer=0.2),
    Article("BON-71", "丸盆 拭き漆", ("",), 4950),
    Article("HAS-81", "箸 若狭塗", ("22.5cm", "20.5cm"), 1650, gift=1.4),
    Article("HAS-82", "箸置き 五つ組", ("季節の野菜", "猫"), 1320),
    Article("TEA-01", "煎茶 八女 100g", ("",), 1296),
    Article("TEA-02", "玉露 宇治 50g", ("",), 2160, gift=1.5),
    Article("TEA-03", "ほうじ茶 ティーバッグ 20個", ("",), 864, winter=1.4),
    Article("TEA-04", "水出し煎茶 10個", ("",), 756, summer=3.4, winter=0.2),
    Article("TEA-05", "お茶の詰め合わせ", ("三種", "五種"), 3240, gift=3.5),
    Article("WAG-11", "干菓子 四季", ("",), 1080, gift=1.5),
    Article("NUN-21", "手ぬぐい", ("青海波", "市松", "千鳥"), 1210, summer=1.5),
    Article("NUN-22", "風呂敷 二巾", ("藍", "紅梅"), 2530, gift=1.5),
    Article("KAM-31", "ご祝儀袋", ("",), 550),
    Article("GIF-91", "贈答用 桐箱", ("",), 1100, gift=1.9),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where parcels go: how many days they usually take, and how many orders come from there."""

    region: str
    city: str
    postal_code: str
    transit: int
    weight: float


PLACES = (
    Place("東京都", "世田谷区", "154-0004", 1, 24),
    Place("神奈川県", "横浜市中区", "231-0023", 1, 12),
    Place("埼玉県", "さいたま市浦和区", "330-0063", 1, 8),
    Place("千葉県", "船橋市", "273-0005", 1, 7),
    Place("愛知県", "名古屋市中区", "460-0008", 1, 8),
    Place("大阪府", "大阪市北区", "530-0001", 1, 10),
    Place("京都府", "京都市中京区", "604-8005", 1, 4),
    Place("兵庫県", "神戸市中央区", "650-0021", 1, 6),
    Place("広島県", "広島市中区", "730-0011", 2, 3),
    Place("福岡県", "福岡市博多区", "812-0011", 2, 6),
    Place("宮城県", "仙台市青葉区", "980-0811", 2, 3),
    Place("北海道", "札幌市中央区", "060-0001", 3, 5),
    Place("沖縄県", "那覇市", "900-0015", 4, 2),
)
CARRIERS = (("ヤマト運輸", 0.56, 0.05), ("佐川急便", 0.28, 0.08), ("日本郵便", 0.16, 0.11))
"""Name, share of the parcels, chance of a delay."""
BANDS = (("午前中", 8, 12), ("14時〜16時", 14, 16), ("18時〜20時", 18, 20), ("19時〜21時", 19, 21))
_HOURS_WEB = (2, 1, 0.5, 0.3, 0.3, 0.5, 1, 2, 3, 3, 3, 3, 5, 4, 3, 3, 3, 3, 4, 5, 7, 9, 9, 5)
_DAYS_WEB = (1.1, 1.0, 1.0, 1.0, 1.0, 1.0, 1.4)
_DAYS_COUNTER = (0.7, 0.8, 0.9, 0.9, 1.1, 1.7, 1.6)


def sample_products(*, now: datetime, seed: int = 20261122) -> Iterator[ProductRecord]:
    """Every article with price and stock; of one too little is there, and more comes in five days; what belongs to
    another season is sold no more."""
    random = Random(seed)
    today = now.astimezone(TOKYO).date()
    for article in ARTICLES:
        for place, variant in enumerate(article.variants, 1):
            is_short = article.sku == SHORT
            yield ProductRecord(
                sku=f"{article.sku}-{place}" if variant else article.sku,
                name=article.name,
                variant=variant,
                price_minor=article.price + (RAISED if article is ARTICLES[0] else 0),
                currency="JPY",
                on_hand=1 if is_short else random.randint(12, 90),
                restock_on=today + timedelta(days=5) if is_short else None,
                discontinued=article.wanted_in(today.month) < _OUT_OF_SEASON,
                known_at=now,
            )


def sample_orders(
    *,
    people: Sequence[PersonRecord],
    now: datetime,
    count: int = 6_000,
    days: int = 548,
    seed: int = 20261122,
    lines_per_order: float = 2.0,
) -> Iterator[OrderRecord]:
    """`count` orders of the last `days` days, the oldest first. A few people buy often, most once or twice; some
    sales at the counter are anonymous. The stores are called WEB and COUNTER."""
    random = Random(seed)
    shop = _Shop(random, people, now, lines_per_order)
    moments = sorted(shop.moment(days) for _ in range(count))
    for number, (at, is_web) in enumerate(moments, start=1):
        yield shop.web_order(number, at) if is_web else shop.counter_order(number, at)


class _Shop:
    def __init__(
        self, random: Random, people: Sequence[PersonRecord], now: datetime, lines_per_order: float
    ) -> None:
        self._random, self._people, self._now = random, people, now
        self._more_lines = max(0.0, 1 - 1 / lines_per_order)
        # A few good customers: the weight falls with the square root of the rank, in shuffled order.
        weights = [1 / (rank + 3) ** 0.5 for rank in range(len(people))]
        random.shuffle(weights)
        self._weights = list(accumulate(weights))
        self._places = list(accumulate(place.weight for place in PLACES))
        self._homes: dict[int, Place] = {}
        self._wanted = {
            month: list(accumulate(article.wanted_in(month) for article in ARTICLES))
            for month in range(1, 13)
        }

    # When, who, what

    def moment(self, days: int) -> tuple[datetime, bool]:
        """When an order comes and whether over the web: more with the years, at weekends and before the holidays."""
        random = self._random
        while True:
            is_web = random.random() < WEB_SHARE
            age = days * (1 - random.random() ** 0.8)
            day = (self._now - timedelta(days=age)).astimezone(TOKYO).date()
            weekday = (_DAYS_WEB if is_web else _DAYS_COUNTER)[day.weekday()]
            season = 1.5 if day.month == 12 and day.day < 27 else 1.2 if day.month == 7 else 1.0
            if random.random() * 2.6 > weekday * season:
                continue
            hour = random.choices(range(24), _HOURS_WEB)[0] if is_web else random.randint(10, 18)
            clock = time(hour, random.randint(0, 59), random.randint(0, 59))
            at = datetime.combine(day, clock, TOKYO)
            if at < self._now:
                return at, is_web

    def _person(self) -> tuple[int, PersonRecord]:
        place = self._random.choices(range(len(self._people)), cum_weights=self._weights)[0]
        return place, self._people[place]

    def _home(self, person: int) -> Place:
        if person not in self._homes:
            self._homes[person] = self._random.choices(PLACES, cum_weights=self._places)[0]
        return self._homes[person]

    def _lines(self, day: date) -> tuple[OrderLineRecord, ...]:
        random = self._random
        lines: dict[str, OrderLineRecord] = {}
        while True:
            article = random.choices(ARTICLES, cum_weights=self._wanted[day.month])[0]
            variant = random.choice(article.variants)
            place = article.variants.index(variant) + 1
            sku = f"{article.sku}-{place}" if variant else article.sku
            lines[sku] = OrderLineRecord(
                key=sku,
                sku=sku,
                name=article.name,
                variant=variant,
                quantity=random.choices((1, 2, 3, 5), (74, 18, 5, 3))[0],
                unit_price_minor=article.price,
            )
            if len(lines) >= 9 or random.random() >= self._more_lines:
                return tuple(lines.values())

    # Orders

    def counter_order(self, number: int, at: datetime) -> OrderRecord:
        """A sale at the counter: taken along at once; one in six without a name."""
        customer = PersonRecord() if self._random.random() < 1 / 6 else self._person()[1]
        order = self._order(number, at, customer, COUNTER)
        method = self._random.choice(("現金", "クレジットカード", "電子マネー"))
        return replace(
            order,
            payment="paid",
            paid_at=at,
            payment_method=method,
            fulfilment="delivered",
            shipped_at=at,
            delivered_at=at,
        )

    def web_order(self, number: int, at: datetime) -> OrderRecord:
        """An order over the web, as far as it has come by now."""
        person, customer = self._person()
        home = self._home(person)
        order = self._order(number, at, customer, WEB)
        order = self._addressed(order, home, customer)
        order = self._promised(order, at, home)
        if self._random.random() < 0.02:
            return self._cancelled(order, at)
        if self._random.random() < 0.04 and self._now - at < timedelta(days=3):
            return replace(order, payment="pending", paid_at=None, payment_method="銀行振込")
        return self._travelled(order, at, home)

    def _order(self, number: int, at: datetime, customer: PersonRecord, store: str) -> OrderRecord:
        lines = self._lines(at.date())
        subtotal = sum(line.quantity * (line.unit_price_minor or 0) for line in lines)
        shipping = 0 if store == COUNTER or subtotal >= 8_000 else 660
        return OrderRecord(
            source=SOURCE,
            external_id=f"S{number:06d}",
            number=f"{'W' if store == WEB else 'T'}{number:06d}",
            customer=customer,
            currency="JPY",
            ordered_at=at,
            updated_at=at,
            subtotal_minor=subtotal,
            shipping_minor=shipping,
            tax_minor=(subtotal + shipping) * 10 // 110,
            total_minor=subtotal + shipping,
            store=store,
            channel=store,
            lines=lines,
        )

    def _addressed(self, order: OrderRecord, home: Place, customer: PersonRecord) -> OrderRecord:
        name = customer.name or f"{customer.family_name}{customer.given_name}"
        street = f"{self._random.randint(1, 9)}-{self._random.randint(1, 30)}-{self._random.randint(1, 20)}"
        destination = AddressRecord("JP", home.region, home.city, home.postal_code, (street,), name)
        return replace(
            order,
            destination=destination,
            payment="paid",
            paid_at=order.ordered_at,
            payment_method=self._random.choice(("クレジットカード", "Amazon Pay", "コンビニ払い")),
            fulfilment="unfulfilled",
        )

    def _promised(self, order: OrderRecord, at: datetime, home: Place) -> OrderRecord:
        """Most get a day of arrival with the order, some ask for one, the others are shipped by the shop's rule."""
        chance = self._random.random()
        if chance < 0.62:
            return replace(order, deliver_by=at.date() + timedelta(days=4 + home.transit))
        if chance < 0.76:
            wish = at.date() + timedelta(days=home.transit + self._random.randint(5, 12))
            text, opens, closes = self._random.choice(BANDS)
            return replace(
                order, requested_date=wish, requested_time=TimeBand(text, time(opens), time(closes))
            )
        return order

    def _cancelled(self, order: OrderRecord, at: datetime) -> OrderRecord:
        cancelled_at = at + timedelta(hours=self._random.uniform(1, 30))
        if cancelled_at > self._now:
            return order
        return replace(
            order, cancelled=True, cancelled_at=cancelled_at, payment="voided", updated_at=cancelled_at
        )

    def _travelled(self, order: OrderRecord, at: datetime, home: Place) -> OrderRecord:
        carrier, delay = self._carrier(at)
        shipped_at = self._shipping(order, at)
        delivered_at = self._arrival(shipped_at, home, delay)
        if shipped_at <= self._now:
            order = replace(
                order,
                fulfilment="shipped",
                shipped_at=shipped_at,
                carrier=carrier,
                tracking_number=f"{self._random.randint(10**11, 10**12 - 1)}",
                updated_at=shipped_at,
            )
        if delivered_at <= self._now:
            return self._arrived(order, delivered_at)
        if order.deliver_by and delivered_at.astimezone(TOKYO).date() > order.deliver_by:
            return self._warned(order, at, delivered_at)
        return order

    def _carrier(self, at: datetime) -> tuple[str, int]:
        """Who carries it, and by how many days it is delayed; in December more often."""
        name, _share, chance = self._random.choices(CARRIERS, [share for _name, share, _chance in CARRIERS])[
            0
        ]
        busy = 2.2 if at.month == 12 else 1.0
        if self._random.random() >= chance * busy:
            return name, 0
        return name, 1 + int(self._random.expovariate(0.6))

    def _shipping(self, order: OrderRecord, at: datetime) -> datetime:
        """Packed on the next or the second working day, rarely (out of stock) a week later."""
        days = self._random.choices((1, 2, 3, 7), (58, 30, 9, 3))[0]
        if order.requested_date is not None:
            wait = (order.requested_date - at.date()).days - 4
            days = max(days, wait)
        day = at.date()
        while days:
            day += timedelta(days=1)
            days -= day.weekday() < 5
        return datetime.combine(day, time(self._random.randint(11, 17), self._random.randint(0, 59)), TOKYO)

    def _arrival(self, shipped_at: datetime, home: Place, delay: int) -> datetime:
        day = shipped_at.date() + timedelta(days=home.transit + delay)
        clock = time(
            self._random.choices((9, 11, 14, 16, 19), (2, 3, 3, 2, 2))[0], self._random.randint(0, 59)
        )
        return datetime.combine(day, clock, TOKYO)

    def _arrived(self, order: OrderRecord, delivered_at: datetime) -> OrderRecord:
        order = replace(order, fulfilment="delivered", delivered_at=delivered_at, updated_at=delivered_at)
        refunded_at = delivered_at + timedelta(days=self._random.uniform(1, 9))
        if self._random.random() > 0.025 or refunded_at > self._now:
            return order
        line = self._random.choice(order.lines)
        refund = RefundRecord(
            f"R-{order.external_id}", line.quantity * (line.unit_price_minor or 0), refunded_at, "破損"
        )
        return replace(order, refunds=(refund,), updated_at=refunded_at)

    def _warned(self, order: OrderRecord, at: datetime, delivered_at: datetime) -> OrderRecord:
        """The carrier, or the stock, says in time that it will be late; one in four says nothing."""
        if self._random.random() < 0.25:
            return order
        reason = "carrier_delay" if order.carrier else "out_of_stock"
        told = min(self._now, max(order.updated_at or at, self._now - timedelta(hours=20)))
        return replace(
            order, expected_at=delivered_at.astimezone(TOKYO).date(), delay_reason=reason, updated_at=told
        )
