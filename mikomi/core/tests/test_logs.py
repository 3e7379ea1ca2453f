"""What is logged of an error: where it happened, never what the variables held."""

from __future__ import annotations

import logging
import sys

import pytest

from mikomi.core.logs import formatter


@pytest.mark.parametrize("style", ["text", "json"])
def test_a_traceback_shows_lines_but_no_values(style: str) -> None:
    def answer(address: str) -> None:
        raise RuntimeError("It failed.")

    try:
        answer("hanako" + "@example.jp")
    except RuntimeError:
        record = logging.LogRecord("mikomi", logging.ERROR, __file__, 1, "failed", None, sys.exc_info())
    said = formatter(style).format(record)
    assert "RuntimeError: It failed." in said
    assert "in answer" in said
    assert "hanako@example.jp" not in said
