"""Who works in the background (`Worker`) and what is due again and again (`Schedule`)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Worker(models.Model):
    """A running worker process. Its beat ages when it is killed; what it had claimed is then freed."""

    name = models.CharField(max_length=64, unique=True, help_text="host:pid:random, the value of claimed_by")
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField(db_index=True)


class Schedule(models.Model):
    """When a recurring duty runs next, shared by all workers: claimed by moving `due_at` on."""

    name = models.CharField(max_length=80, unique=True)
    due_at = models.DateTimeField()
    last_started_at = models.DateTimeField(null=True)
    last_finished_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["name"]
