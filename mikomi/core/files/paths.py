"""Where the bytes lie."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings


def root() -> Path:
    """The folder of all stored bytes."""
    return Path(settings.DATA_DIR) / "files"


def blob_path(sha256: str) -> Path:
    """Where the bytes of this hash lie, two folders deep."""
    return root() / sha256[:2] / sha256[2:4] / sha256
