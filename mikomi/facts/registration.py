"""What the facts say to the registries below them, once at start-up."""

from __future__ import annotations


def register() -> None:
    """Called by the app's `ready`."""
