"""One index table for everything that can be found; the engine's full-text index hangs on it (see migrations)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class SearchEntry(models.Model):
    """One findable thing. `tokens` is the output of `core.text.tokens`, joined by spaces."""

    kind = models.CharField(max_length=32)
    object_id = models.BigIntegerField()
    customer_id = models.BigIntegerField(null=True)
    team_id = models.BigIntegerField(
        null=True, help_text="Only this team's members find it; none: everybody."
    )
    title = models.CharField(max_length=300)
    moment = models.DateTimeField(help_text="For order: the newest first.")
    tokens = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "object_id"], name="search_entry_once")
        ]
