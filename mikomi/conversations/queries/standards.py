"""How soon answers are owed, and what the business decided about its desk."""

from __future__ import annotations

from datetime import datetime

from mikomi.conversations import rules
from mikomi.conversations.models import DeskPolicy, ResponseStandard
from mikomi.core.business.queries import calendar
from mikomi.core.steady import read_steadily


@read_steadily
def standards() -> list[rules.Standard]:
    """The response standards of the business; the shipped ones where it has set none."""
    rows = ResponseStandard.objects.values_list("channel", "severity", "amount", "unit")
    return [rules.Standard(*row) for row in rows] or list(rules.DEFAULT_STANDARDS)


def policy() -> DeskPolicy:
    """What the business decided about its desk; an unsaved row with the defaults where it decided nothing."""
    return DeskPolicy.objects.order_by("id").first() or DeskPolicy()


class AnswerClock:
    """When answers are owed: the standards and the calendar, read once for many messages."""

    def __init__(self) -> None:
        self._standards = standards()
        self._calendar = calendar()

    def standard(self, channel: str, severity: str) -> rules.Standard:
        """The standard that holds. There is always one: without a general rule the shipped one counts."""
        return rules.standard_for(self._standards, channel, severity) or rules.DEFAULT_STANDARDS[0]

    def due(self, channel: str, severity: str, since: datetime) -> datetime:
        """When the answer to a message of `since` is owed."""
        return rules.due_for(self.standard(channel, severity), since, self._calendar)
