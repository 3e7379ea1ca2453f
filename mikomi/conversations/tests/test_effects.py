"""What recoveries bring: cause by cause, counted after they were closed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mikomi.conversations.recovery_rules import Recovered, effects

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
DAY = timedelta(days=1)
WINDOW = 90 * DAY


def recovered(
    cause: str = "stock", *, closed: int | None = 100, buys: tuple[int, ...] = (), scores: tuple[int, ...] = (),
    outcome: str = "solved", cost: int = 500,
) -> Recovered:  # fmt: skip
    """Opened ten days before it was closed; `buys` and `scores`: days after closing (negative: before)."""
    end = None if closed is None else NOW - closed * DAY
    at = end or NOW - 5 * DAY
    return Recovered(
        cause,
        cost,
        at - 10 * DAY,
        end,
        outcome if end else "",
        [(at + day * DAY, 1000) for day in buys],
        [(at + day * DAY, 4) for day in scores],
    )


def test_each_cause_is_counted_by_itself_the_most_frequent_first() -> None:
    found = effects([recovered("stock"), recovered("carrier"), recovered("stock")], now=NOW, window=WINDOW)
    assert [(one.cause, one.cases, one.cost_minor) for one in found] == [
        ("stock", 2, 1000),
        ("carrier", 1, 500),
    ]


def test_only_those_closed_a_window_ago_can_have_come_back() -> None:
    (found,) = effects(
        [recovered(buys=(20,)), recovered(buys=()), recovered(closed=30, buys=(5,)), recovered(closed=None)],
        now=NOW,
        window=WINDOW,
    )
    assert (found.cases, found.closed, found.watched) == (4, 3, 2)
    assert found.came_back is not None
    assert found.came_back.estimate == 0.5
    # Wilson, 1 of 2
    assert (round(found.came_back.low, 3), round(found.came_back.high, 3)) == (0.095, 0.905)


def test_spending_is_compared_over_equal_spans_before_and_after() -> None:
    one = recovered(buys=(-200, -50, -20, -5, 1, 89, 91))
    (found,) = effects([one], now=NOW, window=WINDOW)
    # before: the 90 days until it was opened (10 days before closing), so −50 and −20; after: +1 and +89
    assert (found.spent_before_minor, found.spent_after_minor) == (2000, 2000)


def test_scores_count_within_the_window_also_of_recent_ones() -> None:
    (found,) = effects([recovered(closed=3, scores=(-1, 1)), recovered(scores=(95,))], now=NOW, window=WINDOW)
    assert (found.scored, found.score) == (1, 4.0)


@pytest.mark.parametrize(("outcome", "share"), [("solved", 1.0), ("unanswered", 0.0), ("not_solved", 0.0)])
def test_solved_is_what_the_customer_says(outcome: str, share: float) -> None:
    (found,) = effects([recovered(outcome=outcome)], now=NOW, window=WINDOW)
    assert found.solved is not None
    assert found.solved.estimate == share


def test_nothing_is_made_up_where_nothing_is_known() -> None:
    (found,) = effects([recovered(closed=None)], now=NOW, window=WINDOW)
    assert (found.solved, found.came_back, found.score) == (None, None, None)
    assert effects([], now=NOW, window=WINDOW) == []
