"""Files by their content: each content is stored once, under its SHA-256, outside the database."""

from __future__ import annotations

from django.db import models


class StoredFile(models.Model):
    """The bytes lie in the data folder under `files/ab/cd/<sha256>`; they are there before this row is."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.BigIntegerField()
    content_type = models.CharField(
        max_length=100, help_text="As found in the bytes or claimed; never trusted to serve."
    )
    stored_at = models.DateTimeField()
