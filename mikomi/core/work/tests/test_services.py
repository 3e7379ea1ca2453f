"""Services: what waits for others runs beside the lanes, comes back after a failure, and ends with the worker."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from mikomi.core.work import registry, worker
from mikomi.core.work.services import ServiceThread


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    yield
    registry.forget("test")


def test_a_service_that_fails_is_called_again_and_told_to_stop() -> None:
    calls: queue.Queue[str] = queue.Queue()
    stop = threading.Event()

    def serve(name: str, told: threading.Event) -> None:
        calls.put(name)
        if calls.qsize() == 1:
            raise RuntimeError("the first time")
        told.wait(20)

    thread = ServiceThread(registry.Service("test", serve), "w1", stop, pause=0.01)
    thread.start()
    until = 200
    while calls.qsize() < 2 and until:
        stop.wait(0.02)
        until -= 1
    stop.set()
    thread.join(5)
    assert ([calls.get() for _call in range(2)], thread.is_alive()) == (["w1", "w1"], False)


@pytest.mark.django_db(transaction=True)
def test_a_worker_serves_and_waits_for_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a service that holds on for a moment, when the worker stops, then its end is awaited."""
    ended: list[bool] = []
    stop = threading.Event()

    def serve(_name: str, told: threading.Event) -> None:
        stop.set()
        told.wait(20)
        ended.append(told.is_set())

    monkeypatch.setattr(registry, "_duties", {})
    monkeypatch.setattr(registry, "_schedules", {})
    monkeypatch.setattr(registry, "_services", {})
    registry.service("test", serve)
    worker.run(stop, timing=worker.Timing(beat=0.1, look=0.05, stop_within=5))
    assert ended == [True]


def test_a_service_is_registered_once() -> None:
    registry.service("test", lambda _worker, _stop: None)
    with pytest.raises(ValueError, match="'test' is registered twice"):
        registry.service("test", lambda _worker, _stop: None)
    registry.duty("test", timedelta(seconds=1), "quick", lambda _worker: 0)
