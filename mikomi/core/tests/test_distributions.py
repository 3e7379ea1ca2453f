"""Distribution functions: printed values, then agreement with their own symmetries."""

from __future__ import annotations

from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mikomi.core.distributions import beta_cdf, log_beta_cdf, student_cdf


@pytest.mark.parametrize(
    ("t", "degrees", "share"),
    # Tables of Student's t: the two-sided 95 % and 99 % points.
    [(12.706, 1, 0.975), (4.303, 2, 0.975), (2.776, 4, 0.975), (2.228, 10, 0.975), (3.169, 10, 0.995),
     (1.812, 10, 0.95), (1.984, 100, 0.975), (-2.228, 10, 0.025), (0.0, 7, 0.5)],
)  # fmt: skip
def test_student_as_printed(t: float, degrees: float, share: float) -> None:
    assert student_cdf(t, degrees) == pytest.approx(share, abs=6e-5)


@pytest.mark.parametrize(
    ("x", "a", "b", "share"),
    [(0.5, 2, 2, 0.5), (0.2, 1, 3, 1 - 0.8**3), (0.3, 4, 1, 0.3**4), (0.25, 2, 3, 0.26171875),
     (0.9, 0.5, 0.5, 0.7951672)],
)  # fmt: skip
def test_beta_as_worked_by_hand(x: float, a: float, b: float, share: float) -> None:
    assert beta_cdf(x, a, b) == pytest.approx(share, abs=1e-7)


@given(st.floats(0.001, 0.999), st.floats(0.1, 5_000), st.floats(0.1, 5_000))
def test_what_is_below_and_above_is_all(x: float, a: float, b: float) -> None:
    assert beta_cdf(x, a, b) + beta_cdf(1 - x, b, a) == pytest.approx(1, abs=1e-9)


@given(st.floats(0.01, 0.99), st.floats(0.5, 300), st.floats(0.5, 300))
def test_the_logarithm_is_that_of_the_share(x: float, a: float, b: float) -> None:
    assert exp(log_beta_cdf(x, a, b)) == pytest.approx(beta_cdf(x, a, b), rel=1e-6, abs=1e-12)


def test_shares_too_small_for_a_number_have_a_logarithm() -> None:
    assert log_beta_cdf(0.01, 5_000, 5) == pytest.approx(-22_995.0, abs=0.1)


def test_impossible_parameters_are_refused() -> None:
    with pytest.raises(ValueError, match="positive"):
        beta_cdf(0.5, 0, 1)
    with pytest.raises(ValueError, match="degrees"):
        student_cdf(1, 0)
