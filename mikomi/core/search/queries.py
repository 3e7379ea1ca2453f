"""Finding: what holds all the words, the newest first, and only what the actor may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from mikomi.core import text as texts
from mikomi.core.access.actor import Actor
from mikomi.core.search import kinds as registry
from mikomi.core.search.models import SearchEntry

CANDIDATES = 1_000
"""Of a frequent word's finds only the latest written are ordered by their moment: milliseconds, not seconds."""
MOST_HITS = 200

# CROSS JOIN keeps SQLite from gathering all finds before it looks at the first: the full-text index gives them
# in the order of the rowid, and the walk ends at the limit (1–12 ms instead of 200–400 at 300,000 entries).
_CANDIDATES = {
    "sqlite": """
        SELECT e.id, e.kind, e.object_id, e.title, e.customer_id, e.moment
        FROM search_text t CROSS JOIN search_searchentry e ON e.id = t.rowid
        WHERE t.tokens MATCH %s AND {filter} ORDER BY t.rowid DESC LIMIT {candidates}""",
    "postgresql": """
        SELECT e.id, e.kind, e.object_id, e.title, e.customer_id, e.moment
        FROM search_searchentry e
        WHERE e.tokens @@ %s::tsquery AND {filter} ORDER BY e.id DESC LIMIT {candidates}""",
}


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found. `customer_id` as it was written: a merged customer's own."""

    kind: str
    object_id: int
    title: str
    customer_id: int | None
    moment: datetime


def find(*, actor: Actor, text: str, kinds: Sequence[str] = (), limit: int = 20) -> list[Hit]:
    """The newest entries that hold every word of `text`, of these kinds (none: all). One query.

    Beginnings of words are enough; hiragana finds katakana. Returns nothing for a text without a word, and
    nothing of kinds, or of teams, that the actor may not see. At most `MOST_HITS`.
    """
    visible = registry.visible_to(actor)
    statement, parameters = _candidates(actor, text, visible & frozenset(kinds) if kinds else visible)
    if not statement:
        return []
    newest = f"SELECT * FROM ({statement}) c ORDER BY moment DESC, id DESC LIMIT %s"  # noqa: S608 - our own text
    rows = SearchEntry.objects.raw(newest, [*parameters, min(limit, MOST_HITS)])
    return [Hit(row.kind, row.object_id, row.title, row.customer_id, row.moment) for row in rows]


def ids(*, actor: Actor, text: str, kind: str) -> list[int]:
    """The objects of one kind that hold every word, for filtering a list: at most `CANDIDATES`. One query."""
    statement, parameters = _candidates(actor, text, registry.visible_to(actor) & {kind})
    if not statement:
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT object_id FROM ({statement}) c", parameters)  # noqa: S608 - our own text
        return [row[0] for row in cursor.fetchall()]


def _candidates(actor: Actor, text: str, kinds: frozenset[str]) -> tuple[str, list[str | int]]:
    """The statement, with its parameters, for what holds every word and may be seen; empty for nothing."""
    expression = _expression(text)
    if not kinds or not expression:
        return "", []
    conditions = [_one_of("e.kind", len(kinds))]
    parameters: list[str | int] = [expression, *sorted(kinds)]
    if not actor.sees_all_teams:
        teams = sorted(actor.team_ids)
        seen = f"e.team_id IS NULL OR {_one_of('e.team_id', len(teams))}" if teams else "e.team_id IS NULL"
        conditions.append(f"({seen})")
        parameters += teams
    statement = _CANDIDATES[connection.vendor]
    return statement.format(filter=" AND ".join(conditions), candidates=CANDIDATES), parameters


def _one_of(column: str, count: int) -> str:
    return f"{column} IN ({', '.join(['%s'] * count)})"


def _expression(text: str) -> str:
    """The query in the engine's words; empty where there is no word to look for."""
    if not texts.match_terms(text, fold_kana=True):
        return ""
    write = texts.tsquery if connection.vendor == "postgresql" else texts.fts5_query
    return write(text, fold_kana=True)
