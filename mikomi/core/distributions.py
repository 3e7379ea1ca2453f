"""Distribution functions over the standard library, for what runs where no scientific library is loaded."""

from __future__ import annotations

from math import exp, lgamma, log, log1p

_TINY = 1e-300
_ENOUGH = 1e-15
_MOST_STEPS = 10_000


def log_beta(a: float, b: float) -> float:
    """The logarithm of the beta function B(a, b); a, b > 0."""
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def beta_cdf(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b): the share of a Beta(a, b) below `x`.

    By the continued fraction of NIST DLMF 8.17.22 (Lentz's method), on the side where it converges fast.
    Raises ValueError for a, b ≤ 0.
    """
    if a <= 0 or b <= 0:
        raise ValueError(f"a beta distribution needs positive parameters, got {a} and {b}")
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    if x > (a + 1) / (a + b + 2):
        return 1.0 - _beta_tail(1 - x, b, a)
    return _beta_tail(x, a, b)


def log_beta_cdf(x: float, a: float, b: float) -> float:
    """log I_x(a, b), also where I itself is too small for a float; −inf at x ≤ 0."""
    if x <= 0:
        return float("-inf")
    if x >= 1:
        return 0.0
    if x > (a + 1) / (a + b + 2):
        return log1p(-min(_beta_tail(1 - x, b, a), 1.0 - _ENOUGH))
    return _log_front(x, a, b) + log(_fraction(x, a, b))


def student_cdf(t: float, degrees: float) -> float:
    """The share of Student's t distribution below `t`. Raises ValueError for degrees of freedom ≤ 0."""
    if degrees <= 0:
        raise ValueError(f"there is no t distribution with {degrees} degrees of freedom")
    tail = beta_cdf(degrees / (degrees + t * t), degrees / 2, 0.5) / 2
    return 1 - tail if t > 0 else tail


def _beta_tail(x: float, a: float, b: float) -> float:
    return exp(_log_front(x, a, b)) * _fraction(x, a, b)


def _log_front(x: float, a: float, b: float) -> float:
    return a * log(x) + b * log1p(-x) - log_beta(a, b) - log(a)


def _fraction(x: float, a: float, b: float) -> float:
    """1 / (1 + d₁/(1 + d₂/(1 + …))) of DLMF 8.17.22."""
    numerator, denominator = 1.0, _kept_from_zero(1 - (a + b) * x / (a + 1))
    denominator = 1 / denominator
    result = denominator
    for step in range(1, _MOST_STEPS):
        even = step * (b - step) * x / ((a + 2 * step - 1) * (a + 2 * step))
        odd = -(a + step) * (a + b + step) * x / ((a + 2 * step) * (a + 2 * step + 1))
        for term in (even, odd):
            denominator = 1 / _kept_from_zero(1 + term * denominator)
            numerator = _kept_from_zero(1 + term / numerator)
            factor = numerator * denominator
            result *= factor
        if abs(factor - 1) < _ENOUGH:
            return result
    raise ArithmeticError(f"I_{x}({a}, {b}) does not converge")


def _kept_from_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
