"""What is known of the shop while orders are recorded: read once per call, not once per order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from mikomi.commerce.rules.promising import Shop
from mikomi.commerce.rules.reading import OrderFacts, Reader
from mikomi.core import clock
from mikomi.core.business import queries as business_queries
from mikomi.core.business.models import Store
from mikomi.core.calendars.rules import WorkingCalendar, add_working_days
from mikomi.promises.queries import quotes as promise_quotes


@dataclass(frozen=True, slots=True)
class ShopView:
    """The shop as one call of `record_orders` sees it."""

    reader: Reader
    rule: Shop
    stores: dict[str, Store]
    default_store: Store | None
    currency: str
    source: str
    backfill: bool
    run: str
    now: datetime

    def store_of(self, facts: OrderFacts) -> Store | None:
        """The store that the order names by code or name, else the default one."""
        return self.stores.get(facts.record.store.strip().casefold()) or self.default_store


def view_shop(*, source: str, store_id: int | None, backfill: bool, run: str) -> ShopView:
    """Read the business, its stores and its shipping rule."""
    business, now = business_queries.business(), clock.now()
    stores = list(business_queries.stores())
    by_word = {store.name.strip().casefold(): store for store in stores}
    by_word.update({store.code.strip().casefold(): store for store in stores})
    by_word.pop("", None)
    return ShopView(
        reader=Reader(source, ZoneInfo(business.time_zone), business.currency, now),
        rule=_rule(business.ship_within_days),
        stores=by_word,
        default_store=next((store for store in stores if store.pk == store_id), None),
        currency=business.currency,
        source=source,
        backfill=backfill,
        run=run,
        now=now,
    )


def _rule(days: int | None) -> Shop:
    """By the quote where the business wants it and history says enough, else by its constant, else none."""
    quoted = promise_quotes.days_for_orders()
    if quoted is not None:
        zone = business_queries.zone()
        return Shop(lambda moment: (moment.astimezone(zone) + timedelta(days=quoted)).date())
    if days is None:
        return Shop(None)
    return Shop(_ShipDay(business_queries.calendar(), days).of)


class _ShipDay:
    """The n-th working day after a moment; the same for all moments of a day."""

    def __init__(self, calendar: WorkingCalendar, days: int) -> None:
        self._calendar, self._days = calendar, days
        self._known: dict[date, date] = {}

    def of(self, moment: datetime) -> date:
        local = moment.astimezone(self._calendar.tz).date()
        if local not in self._known:
            due = add_working_days(self._calendar, moment, self._days)
            self._known[local] = due.astimezone(self._calendar.tz).date()
        return self._known[local]
