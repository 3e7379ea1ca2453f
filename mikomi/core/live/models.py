"""What changed, for the web processes that share a SQLite file. PostgreSQL tells them by NOTIFY and writes no row."""

from __future__ import annotations

from django.db import models


class Notice(models.Model):
    """Topics that changed together. Kept for some minutes; SQLite commits the ids in order."""

    topics: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    at = models.DateTimeField(db_index=True)
