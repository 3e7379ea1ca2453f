"""Limits of the contact form, and what gives programs away. Pure."""

from __future__ import annotations

LONGEST_NAME = 200
LONGEST_PHONE = 40
LONGEST_TEXT = 20_000
MOST_FILES = 5
LARGEST_FILE = 10_000_000
"""Bytes of one file."""

LEAST_SECONDS = 3.0
"""Nobody reads a form and writes a message in less."""
WINDOW_SECONDS = 600
MOST_PER_WINDOW = 10
"""Messages of one network address within the window; a shared office stays below it."""


def suspicion(trap: str, shown_at: float, now: float) -> str:
    """The code of what makes a message look like a program's, or nothing. Moments in seconds since 1970."""
    if trap.strip():
        return "honeypot"
    return "too_fast" if now - shown_at < LEAST_SECONDS else ""
