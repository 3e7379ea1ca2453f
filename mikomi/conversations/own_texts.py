"""The desk's templates as texts that the facts are compared with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from mikomi.conversations.models import Message, Template
from mikomi.core.text import whole_number
from mikomi.facts.records import OwnText
from mikomi.facts.sources import Source

NAME = "templates"
_PATH = "/settings/templates/"


def texts() -> Iterator[OwnText]:
    """Every template in use."""
    for row in Template.objects.filter(is_archived=False).order_by("id"):
        yield OwnText(row.key, f"{_PATH}{row.pk}", row.title, f"{row.subject}\n{row.text}")


def seen(path: str, since: datetime) -> int | None:
    """How many messages were begun from this template since then, in its language."""
    row = Template.objects.filter(pk=whole_number(path.removeprefix(_PATH)) or 0).first()
    if row is None:
        return None
    sent = Message.objects.filter(direction=Message.Direction.OUT, template_key=row.key, sent_at__gte=since)
    return sent.filter(conversation__language=row.language).count()


SOURCE = Source(NAME, _("templates of answers"), texts, seen)
