"""The introductions of contact forms as texts that the facts are compared with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from mikomi.channels.models import WebForm
from mikomi.facts.records import OwnText
from mikomi.facts.sources import Source


def texts() -> Iterator[OwnText]:
    """Every form that is open and says something."""
    for row in WebForm.objects.filter(is_active=True).exclude(intro="").order_by("id"):
        yield OwnText(row.name, f"/contact/{row.token}", row.name, row.intro)


def seen(_path: str, _since: datetime) -> int | None:
    """Nobody counts the readers of a form."""
    return None


SOURCE = Source("forms", _("contact forms"), texts, seen)
