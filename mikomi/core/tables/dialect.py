"""Which character separates the cells?"""

from collections import Counter
from collections.abc import Sequence

from mikomi.core.tables.splitting import split_lines

DELIMITERS = (",", "\t", ";", "|", "\x1e", "\x1f")
_ROWS = 50


def declared_delimiter(first_line: str) -> str | None:
    """Excel's first line `sep=;` names the separator."""
    text = first_line.strip().strip('"')
    if text[:4].lower() == "sep=" and len(text) == 5 and text[4] in DELIMITERS:
        return text[4]
    return "\t" if first_line.rstrip("\r\n") == "sep=\t" else None


def guess_delimiter(lines: Sequence[str]) -> str:
    """The separator that gives the most rows the same number of cells as the first row; a comma if
    none does.
    """
    best, best_score = ",", (0.0, 0.0)
    for delimiter in DELIMITERS:
        score = _agreement([len(row) for row in split_lines(lines, delimiter)][:_ROWS])
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _agreement(widths: list[int]) -> tuple[float, float]:
    """(share of rows as wide as most, cells in a row); (0, 0) if this separates nothing."""
    if not widths or max(widths) < 2:
        return 0.0, 0.0
    usual, _ = Counter(widths).most_common(1)[0]
    width = widths[0] if widths[0] > 1 else usual
    if width < 2:
        return 0.0, 0.0
    share = sum(one == width for one in widths) / len(widths)
    within = sum(one <= width for one in widths) / len(widths)
    return round(share * 0.7 + within * 0.3, 1), float(width)
