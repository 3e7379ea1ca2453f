"""What must not go on as it stood in a backup: the hours between it and its restoring are lost here, not out there."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, transaction

from mikomi.core.business.operations import note_restored
from mikomi.core.events.operations import give_up_outside
from mikomi.outbox.operations import set_aside_restored

NUMBERS_SKIPPED = 1_000_000
WHY_GIVEN_UP = "A backup was put back: it may have been delivered since. Try it again if it was not."


@dataclass(frozen=True, slots=True)
class HeldBack:
    """How many messages a person now decides about, and how many calls of webhooks were given up."""

    messages: int
    calls: int


@transaction.atomic
def hold_back() -> HeldBack:
    """Send nothing a second time: what waited when the backup was made may have left since.

    What follows from now on without a person (`outbox.rules.may_repeat`) is held, and no number is given out twice.
    """
    _skip_numbers()
    note_restored()
    calls = give_up_outside(why=WHY_GIVEN_UP)
    return HeldBack(set_aside_restored(), calls)


def _skip_numbers() -> None:
    """Leave out the numbers that the lost hours may have given out: they stand in Message-IDs, in reply addresses, in
    links and at the receivers of webhooks, where they mean something else."""
    with connection.cursor() as cursor:
        for statement in _SKIP[connection.vendor]:
            cursor.execute(statement, [NUMBERS_SKIPPED] if "%s" in statement else [])


_SKIP = {
    "sqlite": (
        "INSERT INTO sqlite_sequence (name, seq) SELECT name, 0 FROM sqlite_master WHERE type = 'table'"
        " AND instr(sql, 'AUTOINCREMENT') > 0 AND name NOT IN (SELECT name FROM sqlite_sequence)",
        "UPDATE sqlite_sequence SET seq = seq + %s",
    ),
    "postgresql": (
        "SELECT setval(format('%%I.%%I', schemaname, sequencename)::regclass, coalesce(last_value, 0) + %s)"
        " FROM pg_sequences WHERE schemaname = current_schema()",
    ),
}
