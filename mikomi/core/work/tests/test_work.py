"""Tasks, schedules, beats and lanes."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import pytest
from django_tasks_db.models import DBTaskResult

from mikomi.core import clock
from mikomi.core.work import beats, lanes, registry, schedules, task_runs
from mikomi.core.work.models import Schedule, Worker
from mikomi.core.work.tests import tasks

pytestmark = pytest.mark.django_db
DEAD_AFTER = timedelta(seconds=30)


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    tasks.calls.clear()
    yield
    registry.forget("test")


def only() -> DBTaskResult:  # type: ignore[type-arg]
    return DBTaskResult.objects.get()


def test_a_task_runs_once() -> None:
    tasks.note.enqueue({"a": [1, "あ"]})
    assert task_runs.run_one("w1") == 1
    assert task_runs.run_one("w1") == 0
    assert tasks.calls == [{"a": [1, "あ"]}]
    assert (only().status, only().return_value, only().worker_ids) == ("SUCCESSFUL", {"a": [1, "あ"]}, ["w1"])


def test_a_failed_task_is_tried_five_times_with_growing_pauses(noon: datetime) -> None:
    tasks.fail.enqueue("no paper")
    moment, pauses = noon, []
    for _attempt in range(4):
        with clock.frozen(moment):
            assert task_runs.run_one("w1") == 1
            assert only().status == "READY"
            assert task_runs.run_one("w1") == 0
        pauses.append(only().run_after - moment)
        moment = only().run_after
    with clock.frozen(moment):
        assert task_runs.run_one("w1") == 1
    assert tuple(pauses) == task_runs.DELAYS
    assert only().status == "FAILED"
    assert "no paper" in only().traceback
    assert len(tasks.calls) == 5


def test_a_task_whose_code_is_gone_fails_in_words(noon: datetime) -> None:
    tasks.note.enqueue(1)
    DBTaskResult.objects.update(task_path="mikomi.core.work.tests.tasks.gone")
    assert task_runs.run_one("w1") == 1
    assert "gone" in only().traceback


def test_the_task_of_a_dead_worker_is_run_again(noon: datetime) -> None:
    """Given a worker that was killed in the middle, when it is swept, then another one runs its task."""
    tasks.attempt.enqueue()
    Worker.objects.create(name="dead", started_at=noon, beat_at=noon - timedelta(seconds=31))
    Worker.objects.create(name="alive", started_at=noon, beat_at=noon - timedelta(seconds=29))
    task_runs._claim("dead")
    assert only().status == "RUNNING"
    assert beats.sweep_dead("me", DEAD_AFTER) == 1
    assert only().status == "READY"
    assert task_runs.run_one("alive") == 1
    assert (only().status, only().return_value) == ("SUCCESSFUL", 2)


def test_the_task_of_a_living_worker_is_left_alone(noon: datetime) -> None:
    tasks.note.enqueue(1)
    task_runs._claim("alive")
    assert task_runs.free_tasks(["dead"]) == 0
    assert only().status == "RUNNING"


def test_a_task_that_kills_its_workers_is_given_up() -> None:
    tasks.note.enqueue(1)
    for number in range(5):
        assert task_runs._claim(f"w{number}") is not None
        assert task_runs.free_tasks([f"w{number}"]) == 1
    assert only().status == "FAILED"
    assert "w4 died" in only().traceback


def test_the_end_of_a_task_taken_over_by_another_is_not_noted(noon: datetime) -> None:
    tasks.note.enqueue(1)
    slow = task_runs._claim("slow")
    task_runs.free_tasks(["slow"])
    with clock.frozen(noon + timedelta(seconds=40)):
        task_runs._claim("other")
        assert not task_runs._end(slow, status="SUCCESSFUL")
    assert (only().status, only().worker_ids) == ("RUNNING", ["slow", "other"])


def test_old_tasks_are_thrown_away(noon: datetime) -> None:
    for finished, status in ((6, "SUCCESSFUL"), (8, "SUCCESSFUL"), (8, "FAILED"), (61, "FAILED")):
        tasks.note.enqueue(1)
        DBTaskResult.objects.filter(status="READY").update(
            status=status, finished_at=noon - timedelta(days=finished)
        )
    assert task_runs.prune() == 2
    assert DBTaskResult.objects.count() == 2


def test_a_schedule_runs_once_per_period_whoever_asks(noon: datetime) -> None:
    runs: list[datetime] = []
    registry.schedule("test", timedelta(hours=1), lambda: runs.append(clock.now()))
    schedules.prepare()
    schedules.prepare()
    for minutes in (0, 1, 59, 60, 61, 200):
        with clock.frozen(noon + timedelta(minutes=minutes)):
            schedules.run_due("tasks")
    assert runs == [noon, noon + timedelta(minutes=60), noon + timedelta(minutes=200)]


def test_a_schedule_taken_by_another_worker_is_not_run(noon: datetime) -> None:
    runs: list[int] = []
    registry.schedule("test", timedelta(hours=1), lambda: runs.append(1))
    schedules.prepare()
    seen = Schedule.objects.get(name="test")
    Schedule.objects.filter(name="test").update(due_at=noon + timedelta(hours=1))
    assert not schedules._run(registry.schedules("tasks")[-1], seen)
    assert runs == []


def test_a_failing_schedule_shows_its_error_and_comes_again_soon(noon: datetime) -> None:
    def fail() -> None:
        raise RuntimeError("no ink")

    registry.schedule("test", timedelta(days=1), fail)
    schedules.prepare()
    schedules.run_due("tasks")
    row = Schedule.objects.get(name="test")
    assert "no ink" in row.last_error
    assert row.due_at == noon + timedelta(minutes=5)


def test_a_beat_makes_its_row_again_after_it_was_swept_away(noon: datetime) -> None:
    heart = beats.Heart("w1", DEAD_AFTER)
    assert not heart.is_fresh()
    heart.beat()
    Worker.objects.all().delete()
    heart.beat()
    assert Worker.objects.get().name == "w1"
    assert heart.is_fresh()


def test_a_worker_that_slept_claims_nothing_until_it_has_beaten_again(noon: datetime) -> None:
    heart = beats.Heart("w1", DEAD_AFTER)
    heart.beat()
    with clock.frozen(noon + timedelta(seconds=25)):
        assert not heart.is_fresh()
        heart.beat()
        assert heart.is_fresh()


def test_a_hook_that_fails_keeps_no_other_from_freeing_and_is_called_again(noon: datetime) -> None:
    """And the row of the dead worker stays until everything of it is free."""
    tasks.note.enqueue(1)
    task_runs._claim("dead")
    Worker.objects.create(name="dead", started_at=noon, beat_at=noon - timedelta(days=1))
    asked: list[Sequence[str]] = []

    def moody(workers: Sequence[str]) -> int:
        asked.append(workers)
        if len(asked) == 1:
            raise RuntimeError("not now")
        return 0

    registry.on_dead_worker("test", moody)
    assert beats.sweep_dead("me", DEAD_AFTER) == 1
    assert Worker.objects.filter(name="dead").exists()
    assert beats.sweep_dead("me", DEAD_AFTER) == 0
    assert asked == [["dead"], ["dead"]]
    assert not Worker.objects.filter(name="dead").exists()


def test_a_worker_that_leaves_work_behind_is_swept_at_once(noon: datetime) -> None:
    heart = beats.Heart("w1", DEAD_AFTER)
    heart.beat()
    heart.stop(frees_claims=True)
    assert beats.dead_workers("other", DEAD_AFTER) == ["w1"]
    heart.beat()
    heart.stop(frees_claims=False)
    assert not Worker.objects.exists()


def test_a_duty_comes_at_once_while_it_does_something_and_later_after_a_failure() -> None:
    answers = iter([3, 0])
    job = lanes.Job("test", 60.0, lambda: next(answers), on_change=True)
    lanes.run_job(job)
    assert job.is_due(clock.monotonic(), changed=False)
    lanes.run_job(job)
    assert not job.is_due(clock.monotonic(), changed=False)
    assert job.is_due(clock.monotonic(), changed=True)


@pytest.mark.django_db(transaction=True)
def test_a_failing_duty_pauses_even_when_something_changes() -> None:
    def fail() -> int:
        raise RuntimeError

    job = lanes.Job("test", 0.001, fail, on_change=True)
    lanes.run_job(job)
    assert not job.is_due(clock.monotonic() + 1, changed=True)
    assert job.is_due(clock.monotonic() + lanes.AFTER_FAILURE_SECONDS, changed=False)


def test_a_lane_ends_when_it_is_asked_to() -> None:
    stop = threading.Event()
    lane = lanes.LaneThread("poll", "w1", stop, beats.Heart("w1", DEAD_AFTER))
    lane.start()
    stop.set()
    lane.wake()
    lane.join(5)
    assert not lane.is_alive()
