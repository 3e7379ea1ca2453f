"""Quoting dates from history: `python -m benchmarks.quoter DIR [--orders FILE]` prints one JSON object.

DIR holds customers, order_items, orders, products and sellers as CSV files with the columns of the Olist sample. From
60 % of the orders on (by count, in the order of purchase) it walks week by week; each week is quoted with what was
known at its start. Judged is every delivered order bought after that point. Not used: the marketplace's own estimate
(it is what is compared with), and everything that is only known after the purchase of the order that is quoted.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mikomi.core.calendars.holidays import public_holidays
from mikomi.promises.fitting.history import History, Layout, history
from mikomi.promises.fitting.rhythm import Rhythm, rhythm
from mikomi.promises.fitting.survival import quantile
from mikomi.promises.fitting.walking import STEP, Tuning, Walk

Floats = NDArray[np.float64]

TARGETS = (0.8, 0.9, 0.95)
LEARNED_FROM = 0.6
COUNTRY = "BR"
MONDAY = datetime(1970, 1, 5, tzinfo=UTC)
FORMATS = (
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y %H:%M:%S",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%m/%d/%Y",
    "%Y-%m-%d",
)

NUMBERS = (
    "freight",
    "price",
    "weight",
    "volume",
    "items",
    "sellers",
    "to_zip",
    "from_zip",
    "share",
    "near",
    "allowed",
)
KEYS = ("to", "route", "zip2", "zip3", "city", "seller", "category", "from")
LAYOUT = Layout(
    numbers=NUMBERS,
    keys=KEYS,
    ladder=("to", "route"),
    chains=(("zip2", "zip3"), ("zip2", "city"), ("seller",), ("category",)),
    lively=("to", "from"),
    stage_key="seller",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--orders", type=Path, help="write order_id,target,quoted_days,actual_days here")
    options = parser.parse_args()
    began = time.process_time()
    orders = read_orders(options.folder)
    result, rows = judge(orders)
    result["seconds"] = round(time.process_time() - began, 2)
    if options.orders:
        write_rows(options.orders, rows)
    print(json.dumps(result, indent=2))


# Reading


@dataclass(frozen=True, slots=True)
class Order:
    """One order; moments in days since a Monday, as the file gives them (no zone is known)."""

    id: str
    bought: float
    handed: float | None
    delivered: float | None
    estimated: float | None
    numbers: tuple[float | None, ...]
    keys: tuple[str, ...]


def moment(text: str | None) -> float | None:
    """Days since a Monday; none for a blank. A zone that is written is turned into UTC. Raises ValueError."""
    text = (text or "").strip()
    if not text or text.lower() in ("nan", "nat", "null", "none"):
        return None
    for form in FORMATS:
        try:
            read = datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
        return (read - MONDAY).total_seconds() / 86400
    read = datetime.fromisoformat(text)
    return ((read if read.tzinfo else read.replace(tzinfo=UTC)) - MONDAY).total_seconds() / 86400


def number(text: str | None) -> float | None:
    """A number; none for a blank or what is none."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def read_orders(folder: Path) -> list[Order]:
    """The orders in the order of purchase; the same order twice counts once, one without a purchase not at all."""
    customers = {row["customer_id"]: row for row in table(folder, "customers")}
    products = {row["product_id"]: row for row in table(folder, "products")}
    sellers = {row["seller_id"]: row for row in table(folder, "sellers")}
    lines: dict[str, dict[str, dict[str, str]]] = {}
    for row in table(folder, "order_items"):
        lines.setdefault(row["order_id"], {})[row.get("order_item_id", "")] = row
    found: dict[str, Order] = {}
    for row in table(folder, "orders"):
        bought = moment(row["order_purchase_timestamp"])
        if bought is not None and row["order_id"] not in found:
            items = list(lines.get(row["order_id"], {}).values())
            customer = customers.get(row["customer_id"], {})
            numbers, keys = _facts(items, customer, products, sellers)
            numbers = (*numbers, _allowed(items, moment(row.get("order_approved_at"))))
            found[row["order_id"]] = Order(
                row["order_id"],
                bought,
                moment(row.get("order_delivered_carrier_date")),
                moment(row.get("order_delivered_customer_date")),
                moment(row.get("order_estimated_delivery_date")),
                numbers,
                keys,
            )
    return sorted(found.values(), key=lambda order: (order.bought, order.id))


def _facts(
    items: list[dict[str, str]],
    customer: dict[str, str],
    products: dict[str, dict[str, str]],
    sellers: dict[str, dict[str, str]],
) -> tuple[tuple[float | None, ...], tuple[str, ...]]:
    """What is known of an order when it is placed: numbers and keys of LAYOUT."""
    goods = [products.get(item["product_id"], {}) for item in items]
    first = items[0] if items else {}
    seller = sellers.get(first.get("seller_id", ""), {})
    price = sum(number(item["price"]) or 0.0 for item in items)
    freight = sum(number(item["freight_value"]) or 0.0 for item in items)
    to_zip = (customer.get("customer_zip_code_prefix") or "").zfill(5)
    from_zip = (seller.get("seller_zip_code_prefix") or "").zfill(5)
    to, origin = customer.get("customer_state", ""), seller.get("seller_state", "")
    numbers = (
        freight,
        price,
        _largest(number(one.get("product_weight_g")) for one in goods),
        _largest(_volume(one) for one in goods),
        float(len(items)),
        float(len({item["seller_id"] for item in items})),
        number(to_zip),
        number(from_zip),
        freight / max(price, 1.0),
        float(to == origin),
    )
    category = goods[0].get("product_category_name", "") if goods else ""
    keys = (
        to,
        f"{origin}>{to}",
        to_zip[:2],
        to_zip[:3],
        f"{to}/{customer.get('customer_city', '')}",
        first.get("seller_id", ""),
        category or "",
        origin,
    )
    return numbers, keys


def _allowed(items: list[dict[str, str]], approved: float | None) -> float | None:
    """Days that the marketplace allows the seller for handing over, counted from the approval of the payment. The
    allowance belongs to the listing; the moment of approval, which comes after the purchase, is not used itself."""
    limits = [moment(item.get("shipping_limit_date")) for item in items]
    return _largest(
        None if limit is None or approved is None else round(limit - approved) for limit in limits
    )


def _largest(values: Any) -> float | None:
    return max((value for value in values if value is not None), default=None)


def _volume(product: dict[str, str]) -> float | None:
    sides = [number(product.get(f"product_{side}_cm")) for side in ("length", "height", "width")]
    return math.prod(side for side in sides if side is not None) if None not in sides else None


# Judging


def judge(
    orders: Sequence[Order], tuning: Tuning | None = None
) -> tuple[dict[str, Any], list[tuple[Any, ...]]]:
    """Walk and compare. Returns the object to print and the rows of `--orders`."""
    first = int(len(orders) * LEARNED_FROM)
    judged = [
        place
        for place, order in enumerate(orders)
        if place >= first and order.delivered is not None and order.delivered > order.bought
    ]
    actual = np.asarray([(orders[place].delivered or 0) - orders[place].bought for place in judged])
    compared = np.asarray([orders[place].estimated is not None for place in judged], bool)
    own = np.asarray([(orders[place].estimated or 0) - orders[place].bought for place in judged])
    kept_by_market = float((actual <= own)[compared].mean())
    targets = (*TARGETS, kept_by_market)
    quotes, plain = walk(orders, first, targets, tuning or Tuning())
    rows = []
    entries = []
    for target in targets:
        ours, simple = quotes[target][judged], plain[target][judged]
        rows += [
            (orders[place].id, target, round(float(days), 4), round(float(took), 4))
            for place, days, took in zip(judged, ours, actual, strict=True)
        ]
        entries.append(
            {
                "target": target,
                "kept": float((actual <= ours).mean()),
                "mean_days": float(ours.mean()),
                "plain_kept": float((actual <= simple).mean()),
                "plain_mean_days": float(simple.mean()),
            }
        )
    result = {
        "targets": entries[:-1],
        "marketplace": {
            "kept": kept_by_market,
            "own_mean_days": float(own[compared].mean()),
            "quoted_mean_days": entries[-1]["mean_days"],
            "quoted_kept": entries[-1]["kept"],
            "plain_mean_days": entries[-1]["plain_mean_days"],
            "plain_kept": entries[-1]["plain_kept"],
        },
        "orders_judged": len(judged),
    }
    return result, rows


def walk(
    orders: Sequence[Order], first: int, targets: Sequence[float], tuning: Tuning
) -> tuple[dict[float, Floats], dict[float, Floats]]:
    """The quotes in days of each order from `first` on by target, and those of the plain quantile: the one of all
    deliveries finished before the week."""
    beat = rhythm_before(orders, first)
    past = as_history(orders, beat)
    start = float(past.began[first])
    before = math.ceil((start - past.began[0]) / STEP)
    line = Walk(past, targets, start - before * STEP, tuning)
    plain = {target: np.full(len(orders), np.nan) for target in targets}
    while line.at <= past.began[-1]:
        now = line.at
        line.advance()
        if now >= start:
            week = beat.on_calendar(np.asarray([now, line.at]))
            _plain(orders, float(week[0]), float(week[1]), plain)
    quotes = {}
    for target, logs in line.quoted.items():
        days = beat.on_calendar(past.began + np.exp(logs)) - past.asked
        quotes[target] = np.where(np.isnan(days), plain[target], days)
    return quotes, plain


def rhythm_before(orders: Sequence[Order], first: int) -> Rhythm:
    """When in the week parcels are handed over, as far as it is known when the order `first` is bought."""
    ended = [one.delivered for one in orders if one.delivered is not None]
    known = np.asarray([moment for moment in ended if moment < orders[first].bought])
    return rhythm(known, holidays_around(orders))


def holidays_around(orders: Sequence[Order]) -> list[int]:
    """Brazil's public holidays from the first order to a year after the last, as days since a Monday."""
    first, last = (MONDAY + timedelta(days=orders[place].bought) for place in (0, -1))
    found = public_holidays(COUNTRY, range(first.year, last.year + 2))
    return [(day - MONDAY.date()).days for day in found]


def as_history(orders: Sequence[Order], beat: Rhythm) -> History:
    """The orders as cases."""
    return history(
        LAYOUT,
        began=[order.bought for order in orders],
        ended=[order.delivered for order in orders],
        staged=[order.handed for order in orders],
        numbers=[order.numbers for order in orders],
        keys=[order.keys for order in orders],
        counted=beat.counted,
    )


def _plain(orders: Sequence[Order], now: float, until: float, plain: dict[float, Floats]) -> None:
    ended = ((one.bought, one.delivered) for one in orders if one.delivered is not None)
    took = np.sort([end - began for began, end in ended if began < end < now])
    bought = np.asarray([one.bought for one in orders])
    coming = (bought >= now - 1e-6) & (bought < until - 1e-6)
    for target, days in plain.items():
        days[coming] = (
            quantile(took, np.arange(1, len(took) + 1) / len(took), target) if len(took) else np.nan
        )


def write_rows(path: Path, rows: Sequence[tuple[Any, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("order_id", "target", "quoted_days", "actual_days"))
        writer.writerows(rows)


if __name__ == "__main__":
    main()
