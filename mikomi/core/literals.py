"""Constants of our own code, written into the statement instead of being bound to it.

SQLite uses a partial index for `state IN (…)` only where it reads the very constants of the index's condition: for
bound values it scans the table. (`state = ?` is fine: it looks at the value that was bound.) So

    rows.filter(state__in=literals("open", "at_risk"))      # the same words in the same order as in the index

The values are never somebody's input.
"""

from __future__ import annotations

import re
from typing import Any

from django.db.models import CharField, Value

_PLAIN = re.compile(r"[a-z_]+")


class Literal(Value):
    """A short word of our own, as it stands in the statement."""

    def __init__(self, word: str) -> None:
        if not _PLAIN.fullmatch(word):
            raise ValueError(f"{word!r} is no plain word.")
        super().__init__(word, output_field=CharField())

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        """The quoted word, nothing bound."""
        return f"'{self.value}'", ()


def literals(*words: str) -> list[Literal]:
    """The words, for a `__in` filter."""
    return [Literal(str(word)) for word in words]
