"""A real worker process: it finds work soon, ends when it is asked to, and leaves nothing behind."""

from __future__ import annotations

from pathlib import Path

from tests import processes

WORKER = """
from mikomi.core.work import worker
worker.main()
"""
ASKING = """
import os, signal, time
from mikomi.core.work.models import Worker
from mikomi.core.work.tests import tasks

def wait_for_workers(count):
    until = time.monotonic() + 120
    while Worker.objects.count() != count:
        assert time.monotonic() < until
        time.sleep(0.05)

wait_for_workers(1)
started = time.monotonic()
result = tasks.note.enqueue("hello")
while str(result.status) in ("READY", "RUNNING"):
    time.sleep(0.02)
    result.refresh()
print(result.status, time.monotonic() - started)
os.kill({pid}, signal.SIGTERM)
wait_for_workers(0)
"""


def test_a_worker_finds_work_and_ends_when_asked(shared_database: str, tmp_path: Path) -> None:
    worker = processes.start(WORKER, shared_database, tmp_path)
    try:
        status, seconds = processes.run(ASKING.format(pid=worker.pid), shared_database, tmp_path).split()
        assert status == "SUCCESSFUL"
        assert float(seconds) < 5
        assert worker.wait(30) == 0
    finally:
        worker.kill()
        worker.wait()
        processes.output_of(worker).close()
