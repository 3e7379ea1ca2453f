"""What may be registered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from mikomi.core.work import registry

SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    yield
    registry.forget("test")


def test_a_duty_and_a_schedule_may_share_nothing_with_their_like() -> None:
    registry.duty("test", SECOND, "quick", lambda worker: 0)
    registry.schedule("test", SECOND, lambda: None)
    registry.on_dead_worker("test", lambda workers: 0)
    agains: tuple[Callable[[], None], ...] = (
        lambda: registry.duty("test", SECOND, "quick", lambda worker: 0),
        lambda: registry.schedule("test", SECOND, lambda: None),
        lambda: registry.on_dead_worker("test", lambda workers: 0),
    )
    for again in agains:
        with pytest.raises(ValueError, match="'test' is registered twice"):
            again()


def test_a_lane_that_does_not_exist_is_named() -> None:
    with pytest.raises(ValueError, match="'slow'; there are quick, send, hooks, poll, tasks"):
        registry.duty("test", SECOND, "slow", lambda worker: 0)  # type: ignore[arg-type]


def test_a_period_must_be_longer_than_nothing() -> None:
    with pytest.raises(ValueError, match="period"):
        registry.schedule("test", timedelta(0), lambda: None)
