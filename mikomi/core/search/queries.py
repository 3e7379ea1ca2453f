"""Finding: what holds all the words, the newest first, and only what the actor may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from mikomi.core import text as texts
from mikomi.core.access.actor import Actor
from mikomi.core.search import kinds as registry
from mikomi.core.search.models import SearchEntry

CANDIDATES = 1_000
"""Of a frequent word's finds only the latest written are ordered by their moment: milliseconds, not seconds."""
MOST_HITS = 200
_MATCH = {
    "sqlite": "SELECT rowid FROM search_text WHERE search_text MATCH %s ORDER BY rowid DESC",
    "postgresql": "SELECT id FROM search_searchentry WHERE tokens @@ %s::tsquery",
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
    visible = registry.visible_to(actor) & (frozenset(kinds) or registry.visible_to(actor))
    wanted = _expression(text)
    if not visible or not wanted:
        return []
    candidates = _matching(wanted).filter(_seen_by(actor), kind__in=visible).order_by("-id")[:CANDIDATES]
    rows = SearchEntry.objects.filter(pk__in=candidates.values("id")).order_by("-moment", "-id")
    columns = ("kind", "object_id", "title", "customer_id", "moment")
    return [Hit(*row) for row in rows.values_list(*columns)[: min(limit, MOST_HITS)]]


def ids(*, actor: Actor, text: str, kind: str) -> list[int]:
    """The objects of one kind that hold every word, for filtering a list: at most `CANDIDATES`."""
    wanted = _expression(text)
    if kind not in registry.visible_to(actor) or not wanted:
        return []
    rows = _matching(wanted).filter(_seen_by(actor), kind=kind).order_by("-id")
    return list(rows.values_list("object_id", flat=True)[:CANDIDATES])


def _expression(text: str) -> str:
    """The query in the engine's words; empty where there is no word to look for."""
    if not texts.match_terms(text, fold_kana=True):
        return ""
    write = texts.tsquery if connection.vendor == "postgresql" else texts.fts5_query
    return write(text, fold_kana=True)


def _matching(expression: str) -> QuerySet[SearchEntry]:
    return SearchEntry.objects.filter(pk__in=RawSQL(_MATCH[connection.vendor], [expression]))  # noqa: S611


def _seen_by(actor: Actor) -> Q:
    if actor.sees_all_teams:
        return Q()
    return Q(team_id=None) | Q(team_id__in=actor.team_ids)
