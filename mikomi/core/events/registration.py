"""What events add to the workers' duties."""

from __future__ import annotations


def register() -> None:
    """Called once at start-up."""
