"""The benchmark of quotes on files made for the test: both date formats, blanks, duplicates, times that can't be."""

from __future__ import annotations

import csv
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from benchmarks.quoter import judge, moment, read_orders, write_rows
from benchmarks.risk import judge as judge_risk

FIRST = datetime(2017, 1, 2, 8, tzinfo=UTC)
FORMATS = ("%m/%d/%Y %H:%M", "%Y-%m-%d %H:%M:%S")


def write(folder: Path, name: str, rows: list[dict[str, object]]) -> None:
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def sample(folder: Path, form: str) -> None:
    """600 orders over 300 days; every fiftieth is never delivered, one is delivered before it was bought."""
    rng = random.Random(0)
    orders: list[dict[str, object]] = []
    items, customers = [], []
    for place in range(600):
        bought = FIRST + timedelta(days=place / 2, hours=rng.random())
        state = rng.choice(("SP", "RJ"))
        days = rng.lognormvariate(2.0 if state == "SP" else 2.4, 0.4)
        handed = bought + timedelta(days=1)
        delivered = bought + timedelta(days=-1 if place == 7 else days)
        orders.append(
            {
                "order_id": f"o{place}",
                "customer_id": f"c{place}",
                "order_status": "delivered",
                "order_purchase_timestamp": bought.strftime(form),
                "order_approved_at": "",
                "order_delivered_carrier_date": handed.strftime(form),
                "order_delivered_customer_date": "" if place % 50 == 3 else delivered.strftime(form),
                "order_estimated_delivery_date": (bought + timedelta(days=18)).strftime(form),
            }
        )
        customers.append(
            {
                "customer_id": f"c{place}",
                "customer_zip_code_prefix": "" if place % 9 == 0 else "1234",
                "customer_city": "x",
                "customer_state": state,
            }
        )
        if place % 40:
            items.append(
                {
                    "order_id": f"o{place}",
                    "order_item_id": "1",
                    "product_id": "p",
                    "seller_id": "s" if place else "alone",
                    "shipping_limit_date": "",
                    "price": "10.5",
                    "freight_value": "" if place % 7 == 0 else "3",
                }
            )
    write(folder, "orders", [*orders, orders[5]])
    write(folder, "customers", customers)  # type: ignore[arg-type]
    write(folder, "order_items", items)  # type: ignore[arg-type]
    product = {
        "product_id": "p",
        "product_category_name": "",
        "product_weight_g": "",
        "product_length_cm": "3",
    }
    write(folder, "products", [product])  # type: ignore[list-item]
    write(folder, "sellers", [{"seller_id": "s", "seller_zip_code_prefix": "99", "seller_state": "SP"}])


@pytest.mark.parametrize("form", FORMATS)
def test_walks_and_prints_what_the_contract_says(tmp_path: Path, form: str) -> None:
    sample(tmp_path, form)
    orders = read_orders(tmp_path)
    assert len(orders) == 600
    result, rows = judge(orders)
    assert [one["target"] for one in result["targets"]] == [0.8, 0.9, 0.95]
    for one in result["targets"]:
        assert set(one) == {"target", "kept", "mean_days", "plain_kept", "plain_mean_days"}
        assert one["kept"] == pytest.approx(one["target"], abs=0.08)
    assert {"kept", "own_mean_days", "quoted_mean_days", "quoted_kept"} <= set(result["marketplace"])
    # One row for each order and target, the marketplace's own kept rate being the fourth
    assert len(rows) == 4 * result["orders_judged"]
    assert len({row[1] for row in rows}) == 4
    write_rows(tmp_path / "rows.csv", rows)
    assert (tmp_path / "rows.csv").read_text().startswith("order_id,target,quoted_days,actual_days")


def test_the_chance_of_breach_is_judged_against_two_simpler_ones(tmp_path: Path) -> None:
    sample(tmp_path, FORMATS[1])
    found = judge_risk(read_orders(tmp_path))
    assert found["scored"] > 50
    assert found["ours"]["brier"] <= found["base_rate"]["brier"]


def test_moments_of_all_forms_and_zones() -> None:
    day = moment("1970-01-06")
    assert day == 1.0
    assert moment("1/6/1970 12:00") == 1.5
    assert moment("1970-01-06T09:00:00+09:00") == 1.0
    assert moment(" ") is None
    with pytest.raises(ValueError, match="soon"):
        moment("soon")
