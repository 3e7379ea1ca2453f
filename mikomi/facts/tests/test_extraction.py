"""What the readers find in lines as businesses write them: measured on labelled lines, half of them never tuned on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mikomi.facts.rules.extraction import extract, tidy
from mikomi.facts.tests.labels import Snippet, said, snippets


def figures(lines: Sequence[Snippet]) -> tuple[float, float]:
    """Recall and precision over all labels of these lines."""
    right = found = wanted = 0
    for line in lines:
        got, want = Counter(said(line.text)), Counter(line.labels)
        right += sum((got & want).values())
        found += sum(got.values())
        wanted += sum(want.values())
    return right / wanted, right / found


def test_there_are_enough_lines_in_both_languages() -> None:
    lines = snippets()
    assert len(lines) >= 150
    assert sum(one.is_japanese for one in lines) >= 80
    assert sum(not one.is_japanese for one in lines) >= 45
    assert len(snippets("held out")) >= 60


@pytest.mark.parametrize(("part", "bar"), [("tuned", 0.99), ("held out", 0.95)])
def test_values_are_found_and_hardly_any_is_made_up(part: str, bar: float) -> None:
    recall, precision = figures(snippets(part))
    assert recall >= bar
    assert precision >= bar


@pytest.mark.parametrize("japanese", [True, False])
def test_neither_language_is_worse(japanese: bool) -> None:
    recall, precision = figures([one for one in snippets() if one.is_japanese == japanese])
    assert min(recall, precision) >= 0.95


def test_full_width_and_half_width_read_the_same() -> None:
    assert said("税込１，９８０円") == said("税込1,980円") == ("1980JPY+in",)


@given(st.text(max_size=80))
def test_no_text_stops_the_readers(text: str) -> None:
    plain = tidy(text)
    for found in extract(text):
        assert 0 <= found.start < found.end <= len(plain)


def test_a_very_long_line_is_read_in_a_moment() -> None:
    assert extract("月火水木金土日" * 2_000) is not None
    assert extract("1,980円~" * 2_000)
    assert extract("一二三四五" * 2_000) is not None
