"""Speaking a customer's language."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.utils.translation import override


@contextmanager
def in_language(language: str) -> Iterator[None]:
    """Speak a customer's language, or English where we don't speak it."""
    spoken = {code for code, _name in settings.LANGUAGES}
    base = language.partition("-")[0].lower()
    with override(base if base in spoken else "en"):
        yield
