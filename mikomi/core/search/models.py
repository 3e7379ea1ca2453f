"""One index table for everything that can be found; the engine's full-text index hangs on it (see migrations)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


class TokensField(models.TextField[str, str]):
    """The tokens in the engine's own form: `text.fts5_document` on SQLite, `text.tsvector_literal` on PostgreSQL.

    Written only by `operations.index`; nobody reads it back.
    """

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "tsvector" if connection.vendor == "postgresql" else "text"


class SearchEntry(models.Model):
    """One findable thing; written in the transaction of the row it stands for."""

    kind = models.CharField(max_length=32)
    object_id = models.BigIntegerField()
    customer_id = models.BigIntegerField(null=True)
    team_id = models.BigIntegerField(
        null=True, help_text="Only this team's members find it; none: everybody."
    )
    title = models.CharField(max_length=300)
    moment = models.DateTimeField(help_text="For order: the newest first.")
    tokens = TokensField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "object_id"], name="search_entry_once")
        ]
        indexes: ClassVar = [models.Index(fields=["customer_id"], name="search_entry_customer")]
