"""Where the shared material lies, if it is there: beside the checkout, never in it."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def shared(*parts: str) -> Path | None:
    """The path of something in `../shared`, or none where this checkout stands alone."""
    path = ROOT.parent.joinpath("shared", *parts)
    return path if path.exists() else None
