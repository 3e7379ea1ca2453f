"""Intervals: the printed figures of their sources, then properties."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mikomi.core.intervals import NoAnswersError, net_promoter, score_difference, wilson, z_of

counts = st.integers(0, 10_000)


@pytest.mark.parametrize(
    ("successes", "total", "low", "high"),
    [(85, 100, 0.7672, 0.9069), (10, 10, 0.7225, 1.0), (0, 10, 0.0, 0.2775)],
)
def test_wilson_as_printed(successes: int, total: int, low: float, high: float) -> None:
    interval = wilson(successes, total)
    assert interval.estimate == successes / total
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=5e-5)


def test_net_promoter_as_printed() -> None:
    score = net_promoter(60, 25, 15)
    assert score.score == pytest.approx(45.0)
    assert score.standard_error == pytest.approx(7.399, abs=5e-4)
    assert (score.centre, score.low, score.high) == pytest.approx((43.69, 29.34, 58.04), abs=5e-3)
    larger = net_promoter(162, 108, 54)
    assert (larger.score, larger.standard_error) == pytest.approx((33.33, 4.141), abs=4e-3)


def test_three_promoters_prove_little() -> None:
    score = net_promoter(3, 0, 0)
    assert score.score == 100
    assert (score.low, score.high) == pytest.approx((-6.58, 100), abs=5e-3)


def test_difference_as_printed() -> None:
    difference, z = score_difference(net_promoter(60, 25, 15), net_promoter(45, 30, 25))
    assert (difference, z) == pytest.approx((25, 2.275), abs=5e-4)
    same = net_promoter(3, 0, 0)
    assert score_difference(same, same) == (0, 0)


def test_without_answers_there_is_no_interval() -> None:
    with pytest.raises(NoAnswersError):
        wilson(0, 0)
    with pytest.raises(NoAnswersError):
        net_promoter(0, 0, 0)


def test_impossible_figures_are_refused() -> None:
    for successes, total in [(-1, 3), (4, 3), (0, -1)]:
        with pytest.raises(ValueError):
            wilson(successes, total)
    with pytest.raises(ValueError):
        net_promoter(1, -1, 1)
    for confidence in (0, 1, 95):
        with pytest.raises(ValueError):
            z_of(confidence)


@given(counts, counts, st.floats(0.5, 0.999))
def test_a_share_lies_in_its_interval(successes: int, failures: int, confidence: float) -> None:
    total = successes + failures
    if total == 0:
        return
    interval = wilson(successes, total, confidence)
    assert 0 <= interval.low <= interval.estimate <= interval.high <= 1
    wider = wilson(successes, total, (1 + confidence) / 2)
    assert wider.low <= interval.low + 1e-12
    assert interval.high <= wider.high + 1e-12


@given(counts, counts, counts)
def test_a_score_mirrors_when_sides_change(promoters: int, passives: int, detractors: int) -> None:
    if promoters + passives + detractors == 0:
        return
    score = net_promoter(promoters, passives, detractors)
    mirrored = net_promoter(detractors, passives, promoters)
    assert -100 <= score.low <= score.centre <= score.high <= 100
    assert (mirrored.score, mirrored.low) == pytest.approx((-score.score, -score.high))
