"""How fast files come in: `python -m benchmarks.imports [LINES]` prints JSON.

A file of orders of about two lines each, from customers with two orders each, is recognised, looked through by row
and imported on an empty SQLite database; then the same file once more. `seconds`: dry run and import; `cpu_seconds`: of
the processor, whatever else ran on the machine.
"""

from __future__ import annotations

import json
import random
import resource
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time

from benchmarks.database import temporary

LINES = 100_000
_HEADER = (
    "注文ID,注文日時,氏(請求先),名(請求先),郵便番号(請求先),都道府県(請求先),住所(請求先),電話番号(請求先),"
    "メールアドレス(請求先),商品ID,商品名,バリエーション,価格,数量,合計金額,送料,支払い方法,発送状況,発送日時,備考"
)
_FAMILIES = ["佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "山本", "中村", "小林", "加藤"]
_GIVEN = ["陽菜", "葵", "結衣", "美咲", "翔太", "蓮", "大輝", "健一", "直子", "裕子"]
_GOODS = ["緑茶", "ほうじ茶", "玄米茶", "紅茶", "抹茶", "急須", "湯呑み", "茶筅", "和菓子", "羊羹"]


def write_file(path: Path, lines: int) -> None:
    """A file of so many order lines, always the same."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(_HEADER + "\r\n")
        for row in _rows(lines):
            file.write(row + "\r\n")


def _rows(lines: int) -> Iterator[str]:
    dice = random.Random(7)
    written = number = 0
    while written < lines:
        number += 1
        count = min(dice.choice((1, 1, 2, 3, 3)), lines - written)
        written += count
        yield from _order(dice, number, count)


def _order(dice: random.Random, number: int, count: int) -> Iterator[str]:
    person = number // 2
    at = datetime(2025, 1, 1, 9) + timedelta(minutes=11 * number)  # noqa: DTZ001 - as files write it
    goods = [(dice.randrange(10), dice.randint(1, 3)) for _line in range(count)]
    total = sum((500 + 100 * which) * quantity for which, quantity in goods) + 600
    head = (
        f"B{number:07d},{at:%Y-%m-%d %H:%M:%S},{_FAMILIES[person % 10]},{_GIVEN[person // 10 % 10]},"
        f"{person % 900 + 100:03d}-{person % 9000:04d},東京都,千代田区丸の内{person % 9 + 1}-{person % 20 + 1},"
        f"090{person:08d},customer{person}@example.jp"
    )
    for which, quantity in goods:
        tail = f"G{which},{_GOODS[which]},{which % 3 + 1}00g,{500 + 100 * which},{quantity},{total},600"
        yield f"{head},{tail},クレジットカード,発送済み,{at + timedelta(days=2):%Y-%m-%d %H:%M:%S},"


def measure(lines: int) -> dict[str, object]:
    """Import a file of so many lines twice."""
    with temporary("sqlite") as folder:
        from mikomi.core import clock
        from mikomi.core.business.models import Business

        Business.objects.create(name="Benchmark", set_up_at=clock.now())
        path = folder / "orders.csv"
        write_file(path, lines)
        cpu = process_time()
        first, created = _import(path)
        cpu = process_time() - cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        again, doubled = _import(path)
    return {
        "lines": lines,
        "seconds": round(sum(first.values()), 1),
        "cpu_seconds": round(cpu, 1),
        "lines_per_second": round(lines / sum(first.values())),
        "peak_mb": round(peak),
        "created": created,
        "parts": {name: round(value, 1) for name, value in first.items()},
        "repeated_seconds": round(sum(again.values()), 1),
        "repeated_created": doubled,
    }


def _import(path: Path) -> tuple[dict[str, float], int]:
    from mikomi.core.access.actor import SYSTEM
    from mikomi.integrations.imports import operations, queries, tasks

    began = perf_counter()
    with path.open("rb") as stream:
        job = operations.start(actor=SYSTEM, stream=stream, file_name=path.name, in_background=False)
    tasks.work_now(job.pk)
    checked = perf_counter()
    operations.run(actor=SYSTEM, job_id=job.pk, in_background=False)
    tasks.work_now(job.pk)
    ended = perf_counter()
    job = queries.job(actor=SYSTEM, job_id=job.pk)
    if job.state != job.State.DONE or job.skipped_count:
        raise RuntimeError(f"The import ended {job.state}, with {job.skipped_count} rows skipped.")
    return {"dry_run": checked - began, "import": ended - checked}, job.created_count


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]) if len(sys.argv) > 1 else LINES)))
