"""Constants in a statement: SQLite takes the partial index that holds them."""

from __future__ import annotations

import pytest
from django.db import connection

from mikomi.core.literals import Literal, literals
from mikomi.outbox.models import OutgoingMessage


def test_a_literal_is_read_by_the_planner(db: None) -> None:
    rows = OutgoingMessage.objects.filter(state__in=literals("held", "uncertain", "failed")).order_by("id")

    sql, params = rows.query.sql_with_params()

    assert "IN ('held', 'uncertain', 'failed')" in sql
    assert params == ()
    if connection.vendor == "sqlite":
        assert "outgoing_needs_person" in rows.explain()


def test_only_plain_words_of_ours_are_literals() -> None:
    with pytest.raises(ValueError, match="plain"):
        Literal("o'clock")
