"""What is kept within a batch, and for how long."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from mikomi.core import clock
from mikomi.core.steady import RECHECK_SECONDS, read_steadily, steady

asked: list[int] = []


@read_steadily
def double(number: int) -> int:
    asked.append(number)
    return 2 * number


@pytest.fixture(autouse=True)
def _nothing_asked() -> None:
    asked.clear()


def test_outside_a_block_everything_is_read_each_time() -> None:
    assert [double(2), double(2)] == [4, 4]
    assert asked == [2, 2]


def test_inside_a_block_each_is_read_once() -> None:
    with steady():
        assert [double(2), double(3), double(2)] == [4, 6, 4]
    assert asked == [2, 3]


def test_the_next_block_reads_again_and_an_inner_block_is_part_of_the_outer() -> None:
    for _batch in range(2):
        with steady(), steady():
            double(2)
            double(2)
    assert asked == [2, 2]


def test_a_long_block_sees_a_change_soon() -> None:
    with steady():
        double(2)
        later = clock.monotonic() + RECHECK_SECONDS
        with patch.object(clock, "monotonic", return_value=later):
            double(2)
    assert asked == [2, 2]


def test_a_read_that_fails_is_not_kept() -> None:
    @read_steadily
    def failing() -> int:
        asked.append(0)
        raise LookupError

    with steady():
        for _try in range(2):
            with pytest.raises(LookupError):
                failing()
    assert asked == [0, 0]
