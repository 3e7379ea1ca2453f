"""Words that say yes or no: in stock, sold out, discontinued. Pure. The mark says which question they answer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mikomi.facts.rules.extraction.found import Found
from mikomi.facts.rules.values import YesNo

STOCK, DISCONTINUED = "stock", "discontinued"
_WORDS = (
    (STOCK, False, r"在庫(?:は|が)?(?:なし|無し|切れ|ございません|ありません)|売り?切れ|完売"
        r"|品切れ|入荷(?:待ち|未定)|sold out|out of stock|not in stock|currently unavailable"),
    (STOCK, True, r"在庫(?:は|が)?(?:あり|有り?|ございます|豊富|わずか)|(?<!not )(?<!out of )in stock"
        r"|available now"),
    (DISCONTINUED, False, r"現行品|販売中|still available"),
    (DISCONTINUED, True, r"販売(?:を)?終了|生産(?:を)?終了|製造(?:を)?終了|取り?扱い(?:を)?終了|廃番"
        r"|廃盤|discontinued|no longer (?:available|made|sold|in production)"),
)  # fmt: skip
_PATTERNS = [(mark, yes, re.compile(words, re.IGNORECASE)) for mark, yes, words in _WORDS]


def yes_no(text: str) -> Iterator[Found]:
    """Every such word. `mark`: stock or discontinued."""
    for mark, yes, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            yield Found(YesNo(yes), *match.span(), mark)
