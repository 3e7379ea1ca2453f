"""Files that the tests import."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

HEADER = "注文番号,注文日時,氏名,メールアドレス,商品名,数量,単価\n"


def order_file(numbers: Iterable[int], *, lines: int = 2, price: int = 500) -> bytes:
    """A file of orders, each of so many lines, one customer for two orders."""
    rows = [
        f"A{number},2025-06-{number % 28 + 1:02d} 10:00,客{number // 2} 花子,c{number // 2}@example.jp,"
        f"茶{line},1,{price}"
        for number in numbers
        for line in range(lines)
    ]
    return (HEADER + "\n".join(rows) + "\n").encode()


def stream(data: bytes | str) -> BytesIO:
    """What a form uploads."""
    return BytesIO(data.encode() if isinstance(data, str) else data)
