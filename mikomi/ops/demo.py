"""The sample business: a Japanese shop with a counter and a web shop, 18 months of it, relative to today.

Everything goes in through the operations that real data goes through, with a seeded generator, so the same seed and
day give the same shop. History is marked as such; the last days are live, so that Today has something to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import translation

from mikomi.channels import operations as channels
from mikomi.commerce import operations as commerce
from mikomi.commerce.models import Order
from mikomi.commerce.records import OrderRecord
from mikomi.commerce.samples import ARTICLES, sample_orders, sample_products
from mikomi.conversations import operations as desk
from mikomi.conversations.models import Conversation, RecoveryCase
from mikomi.conversations.operations import recovery
from mikomi.conversations.operations.history import load_history
from mikomi.conversations.samples.dialogues import SampleCustomer, SampleStaff, conversations
from mikomi.core import clock
from mikomi.core.access import operations as access
from mikomi.core.access.actor import SYSTEM, Actor
from mikomi.core.access.models import User
from mikomi.core.access.rules import Role
from mikomi.core.bulk import much_in_one_transaction
from mikomi.core.business import operations as business
from mikomi.core.business.models import Team
from mikomi.core.business.queries import zone
from mikomi.core.collector import few_collections
from mikomi.core.events.running import run_due
from mikomi.customers import operations as customers
from mikomi.customers.models import Customer, Identity
from mikomi.customers.naming import written_name
from mikomi.customers.records import PersonRecord
from mikomi.customers.samples import people
from mikomi.facts.samples import load_facts
from mikomi.feedback.samples import load_answers
from mikomi.ops import demo_ledger
from mikomi.promises import operations as promises
from mikomi.promises.models import Promise

SHOP = "暮らしの道具 みなも"
CUSTOMERS, ORDERS, CONVERSATIONS, DAYS = 2_000, 6_000, 3_000, 548
LIVE_DAYS = 6
"""Orders of the last days are live: their promises are watched, and what is late has consequences."""
SLIP_REASONS = ("carrier_delay", "out_of_stock", "weather")
PASSWORD = "mikomi-sample"  # noqa: S105 - printed for everybody to see
STAFF = (
    ("owner@shop.example", "大野 理恵", Role.OWNER, ""),
    ("manager@shop.example", "三浦 健", Role.MANAGER, ""),
    ("agent@shop.example", "相川 葵", Role.AGENT, "お客様係"),
    ("agent2@shop.example", "佐々木 蓮", Role.AGENT, "修理係"),
    ("marketer@shop.example", "目黒 芽衣", Role.MARKETER, ""),
    ("analyst@shop.example", "剣持 研", Role.ANALYST, ""),
)
LIMITS = ((Role.OWNER, 100_000), (Role.MANAGER, 20_000), (Role.AGENT, 3_000))


def load(seed: int = 1, now: datetime | None = None) -> None:
    """Load the sample business into an empty database. Needs migrations; takes some seconds."""
    moment = now or clock.now()
    with few_collections(), translation.override("ja"), clock.frozen(moment):
        # The whole shop or none; and the disk is waited for once.
        with much_in_one_transaction(), transaction.atomic():
            staff = _business()
            known = list(people(seed, CUSTOMERS, today=moment.date()))
            _customers(known, moment)
            _orders(known, moment, seed)
            _conversations(staff, moment, seed)
            load_answers(seed=seed, until=moment)
            promises.refresh_comparables()
            _facts(staff, moment)
            demo_ledger.load(
                owner=_who(staff, Role.OWNER), manager=_who(staff, Role.MANAGER), seed=seed, moment=moment
            )
        _let_time_pass()
        _hand_made(staff, moment)
        _let_time_pass()


def _who(staff: Sequence[User], role: Role) -> Actor:
    return next(user for user in staff if user.role == role).as_actor()


def _business() -> list[User]:
    business.set_up(
        actor=SYSTEM, name=SHOP, preset="shop", language="ja", time_zone="Asia/Tokyo", colour="#2f5d50",
        holds_notices=True, quiet_from=time(21), quiet_until=time(8),
    )  # fmt: skip
    brand = business.save_brand(actor=SYSTEM, name="みなも", colour="#2f5d50")
    business.save_store(actor=SYSTEM, name="みなも 谷中店", code="COUNTER", kind="counter", brand_id=brand.pk)
    business.save_store(
        actor=SYSTEM, name="みなも オンラインストア", code="WEB", kind="web", brand_id=brand.pk
    )
    teams = {name: business.save_team(actor=SYSTEM, name=name) for name in ("お客様係", "修理係")}
    for role, amount in LIMITS:
        access.set_remedy_limit(actor=SYSTEM, role=role, currency="JPY", amount_minor=amount)
    desk.ensure_defaults()
    box = channels.save_mailbox(
        actor=SYSTEM,
        settings=channels.MailboxSettings(
            address="shop@minamo.example", display_name=SHOP, smtp_host="localhost", smtp_security="folder",
            signature=f"{SHOP}\n谷中 3-4-5",
        ),
    )  # fmt: skip
    channels.save_form(
        actor=SYSTEM, name="お問い合わせ", mailbox_id=box.pk, intro="なんでもお気軽にお尋ねください。"
    )
    staff = [_user(*row, teams) for row in STAFF]
    User.objects.update(password=make_password(PASSWORD))  # one slow hash for all of them
    return staff


def _user(email: str, name: str, role: Role, team: str, teams: dict[str, Team]) -> User:
    user = access.create_user(actor=SYSTEM, email=email, name=name, role=role, password=None)
    if team:
        user.teams.add(teams[team])
    return user


def _customers(known: Sequence[PersonRecord], moment: datetime) -> None:
    for start in range(0, len(known), 1000):
        part = known[start : start + 1000]
        customers.identify_many(actor=SYSTEM, people=part, seen_at=moment, source="sample", backfill=True)


def _orders(known: Sequence[PersonRecord], moment: datetime, seed: int) -> None:
    live_from = moment - timedelta(days=LIVE_DAYS)
    found = list(sample_orders(people=known, now=moment, count=ORDERS, days=DAYS, seed=seed))
    past = [order for order in found if _ordered_at(order) < live_from]
    recent = [order for order in found if _ordered_at(order) >= live_from]
    commerce.record_orders(actor=SYSTEM, orders=past, source="sample", backfill=True)
    commerce.record_orders(actor=SYSTEM, orders=_with_trouble(recent, moment), source="sample")
    commerce.record_products(actor=SYSTEM, products=list(sample_products(now=moment)), source="sample")


def _with_trouble(orders: Sequence[OrderRecord], moment: datetime) -> list[OrderRecord]:
    """Of the parcels on their way some slip and some are late already: that is what a real week looks like."""
    today = moment.astimezone(zone()).date()
    under_way = [one for one in orders if _is_under_way(one)]
    places = {one.external_id: place for place, one in enumerate(under_way, 1)}
    return [
        _troubled(one, places[one.external_id], today) if one.external_id in places else one for one in orders
    ]


def _is_under_way(order: OrderRecord) -> bool:
    return not (order.delivered_at or order.cancelled) and bool(order.deliver_by or order.requested_date)


def _troubled(order: OrderRecord, place: int, today: date) -> OrderRecord:
    if place % 8 == 3:
        return replace(order, requested_date=None, requested_time=None, deliver_by=today - timedelta(days=1))
    if place % 5 == 1:
        due = order.requested_date or _day(order.deliver_by)
        reason = SLIP_REASONS[place % len(SLIP_REASONS)]
        return replace(order, expected_at=due + timedelta(days=3), delay_reason=reason)
    return order


def _day(value: datetime | date | None) -> date:
    assert value is not None
    return value.date() if isinstance(value, datetime) else value


def _hand_made(staff: Sequence[User], moment: datetime) -> None:
    """What people did: a call promised, a date agreed anew, a recovery under way."""
    agent = _who(staff, Role.AGENT)
    talks = Conversation.objects.filter(state=Conversation.State.OPEN, team=None).order_by("-id")
    for hours, talk in zip((5, 26), talks[:2], strict=False):
        promises.make(
            actor=agent,
            promise=promises.NewPromise(
                kind="callback", customer_id=talk.customer_id, due_at=moment + timedelta(hours=hours),
                source="composer", subject_type="conversation", subject_id=talk.pk,
                statement="修理の見積もりについて、お電話いたします。", keeper_id=agent.user_id,
            ),
        )  # fmt: skip
    later = Promise.objects.filter(state="open", kind="delivery", backfill=False).order_by("-due_at").first()
    if later:
        promises.change_terms(
            actor=agent,
            promise_id=later.pk,
            due_at=later.deadline + timedelta(days=2),
            reason="customer_request",
        )
    manager = _who(staff, Role.MANAGER)
    demo_ledger.happen(manager=manager)
    case = RecoveryCase.objects.filter(state="open").order_by("id").first()
    if case:
        recovery.set_cause(actor=manager, recovery_id=case.pk, cause="carrier", note="集荷の遅れ")
        recovery.grant_remedy(
            actor=manager,
            recovery_id=case.pk,
            kind="refund",
            amount_minor=800,
            currency="JPY",
            note="送料をお返し",
        )
        recovery.set_follow_up(actor=manager, recovery_id=case.pk, at=moment + timedelta(hours=4))


def _ordered_at(order: OrderRecord) -> datetime:
    value = order.ordered_at
    assert value is not None
    return value if isinstance(value, datetime) else datetime.combine(value, time(), zone())


def _conversations(staff: Sequence[User], moment: datetime, seed: int) -> None:
    answering = [user for user in staff if user.role in (Role.AGENT, Role.MANAGER)]
    talkers = [
        SampleStaff(user.pk, user.name, user.teams.values_list("id", flat=True).first()) for user in answering
    ]
    records = conversations(
        seed=seed, count=CONVERSATIONS, customers=_talking_customers(), staff=talkers, until=moment,
        days=DAYS - 8, shop=SHOP,
    )  # fmt: skip
    load_history(actor=SYSTEM, records=records)


def _facts(staff: Sequence[User], moment: datetime) -> None:
    """Facts, a template that quotes them, and one into which a price was typed by hand."""
    owner = _who(staff, Role.OWNER)
    cup = ARTICLES[0]
    with clock.frozen(moment - timedelta(days=45)):
        desk.save_template(
            actor=owner, key="cup-price", language="ja", title="湯のみの価格のご案内", subject="",
            text=f"{{{{ customer.greeting }}}}\n\n{cup.name}は{cup.price:,}円（税込）でございます。\n",
        )  # fmt: skip
    several = [one for one in ARTICLES if one.variants[0]][:5]  # the feed of products knows each variant
    load_facts(owner=owner, products=[(one.sku, one.name, one.price) for one in several], moment=moment)
    desk.save_template(
        actor=owner, key="contact", language="ja", title="お電話とお届け日数のご案内", subject="",
        text="{{ customer.greeting }}\n\nお電話は{{ fact.phone.main }}、"
        "お届けはご注文から{{ fact.lead.delivery }}ほどでございます。\n",
    )  # fmt: skip


def _talking_customers() -> list[SampleCustomer]:
    """Those who can be answered by mail, with the numbers of their orders and what they bought."""
    mails = dict(Identity.objects.filter(kind=Identity.Kind.EMAIL).values_list("customer_id", "shown"))
    numbers: dict[int, list[str]] = {}
    items: dict[int, list[str]] = {}
    for customer_id, number, name in Order.objects.values_list("customer_id", "number", "lines__name"):
        numbers.setdefault(customer_id, []).append(number)
        items.setdefault(customer_id, []).append(name or "")
    return [
        SampleCustomer(
            row.pk, written_name(row), row.family_name or row.given_name, mails[row.pk], row.language,
            tuple(dict.fromkeys(numbers.get(row.pk, ())))[-3:], tuple(dict.fromkeys(items.get(row.pk, ())))[-3:],
        )
        for row in Customer.objects.filter(pk__in=mails)
    ]  # fmt: skip


def _let_time_pass() -> None:
    """What would have followed from the last days by now: promises judged, plays run."""
    while promises.look():
        pass
    while run_due(worker="demo", limit=500):
        pass
