"""Rows that say when they were last written, so that copies of them find what is new."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models

from mikomi.core import clock


class Changing(models.Model):
    """`changed_at` is set by every save; who writes by `update` or in bulk sets it there."""

    changed_at = models.DateTimeField()

    class Meta:
        abstract = True

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        self.changed_at = clock.now()
        if update_fields is not None:
            update_fields = {*update_fields, "changed_at"}
        super().save(*args, update_fields=update_fields, **kwargs)
