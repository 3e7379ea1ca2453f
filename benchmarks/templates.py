"""The list of the inbox made by Jinja2 and by Django's templates: the same page, the same marks, side by side.

    python -m benchmarks.templates [--rows 50] [--rounds 300]

Prints JSON: for each way `median_ms`, `p95_ms` and `bytes`. The ways take turns, so that a slow moment of the machine
meets all of them. `included`: a file of its own for a row, as one would write a component with Django's templates;
`inlined`: the row written out in the loop. Raises `AssertionError` unless all three say the same.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.database import temporary

FOLDER = Path(__file__).parent / "inbox_pages"
NOW = datetime(2026, 11, 18, 3, 0, tzinfo=UTC)
WARM_UP = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=300)
    options = parser.parse_args()
    with temporary("sqlite", migrate=False):
        from django.utils import translation

        with translation.override("ja"):
            ways, context = engines(), page(options.rows)
            same(ways, context)
            print(json.dumps(measure(ways, context, options.rounds) | {"rows": options.rows}, indent=2))


def engines() -> dict[str, Callable[[dict[str, Any]], str]]:
    """Each way as a function from the page's context to its HTML; templates are compiled once, as in the product."""
    from django.template import engines as known
    from django.template.backends.django import DjangoTemplates

    options = {"libraries": {"inbox_marks": "benchmarks.inbox_marks"}, "autoescape": True}
    django = DjangoTemplates({"NAME": "twin", "DIRS": [str(FOLDER)], "APP_DIRS": False, "OPTIONS": options})
    jinja: Any = known["jinja2"]
    listed = jinja.env.from_string((FOLDER / "list.jinja").read_text())
    included, inlined = django.get_template("included.html"), django.get_template("inlined.html")
    return {
        "jinja": lambda context: str(listed.render(context)),
        "included": lambda context: str(included.render(context)),
        "inlined": lambda context: str(inlined.render(context)),
    }


def page(rows: int) -> dict[str, Any]:
    """What the page is made of; nothing is read while it is rendered."""
    from django.utils.translation import pgettext

    from mikomi.screens.inbox import Thread

    names = ("山田 花子", "佐藤 次郎", "Olivia Smith", "鈴木 一郎")
    found = [
        Thread(
            id=number, customer=_customer(number, names[number % 4]), subject=f"急須の蓋について {number}",
            excerpt="蓋が割れていました。", language="ja", channel=("email", "webform", "api")[number % 3],
            severity=("normal", "urgent", "low", "high")[number % 4], state="open",
            at=NOW - timedelta(minutes=37 * number), is_waiting=number % 2 == 0, assignee_id=None,
            due_at=NOW + timedelta(minutes=13 * number - 60) if number % 3 else None, due_total=timedelta(hours=8),
        )
        for number in range(1, rows + 1)
    ]  # fmt: skip
    views = [("mine", "自分", 3), ("all", pgettext("inbox", "Open"), 1234), ("closed", "完了", None)]
    return {
        "threads": found, "views": views, "view": "all", "current": 7, "now": NOW, "language": "ja",
        "business_tz": ZoneInfo("Asia/Tokyo"), "csrf_input": "", "csrf_token": "", "request": None,
    }  # fmt: skip


def _customer(number: int, name: str) -> Any:
    from mikomi.customers.queries import Display

    return Display(number, name, "", name, name, "ja")


def same(ways: dict[str, Callable[[dict[str, Any]], str]], context: dict[str, Any]) -> None:
    """All ways make the same page, but for blanks between tags."""
    pages = {name: _plain(make(context)) for name, make in ways.items()}
    for name, text in pages.items():
        assert text == pages["jinja"], f"{name} makes another page"


def _plain(text: str) -> str:
    return re.sub(r">\s+", ">", re.sub(r"\s+<", "<", re.sub(r"\s+", " ", text))).strip()


def measure(
    ways: dict[str, Callable[[dict[str, Any]], str]], context: dict[str, Any], rounds: int
) -> dict[str, Any]:
    """Milliseconds of processor time for a page, by way."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    size = {name: len(make(context).encode()) for name, make in ways.items()}
    for turn in range(rounds + WARM_UP):
        for name, make in ways.items():
            began = time.process_time()
            make(context)
            if turn >= WARM_UP:
                taken[name].append((time.process_time() - began) * 1000)
    return {
        name: {
            "median_ms": round(statistics.median(times), 2),
            "p95_ms": round(statistics.quantiles(times, n=20)[-1], 2),
            "bytes": size[name],
        }
        for name, times in taken.items()
    }


if __name__ == "__main__":
    main()
