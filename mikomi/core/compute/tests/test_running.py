"""A function in a process of its own: its answer, its failure, its end."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from mikomi.core.compute import ComputeError, ComputeTimeoutError, run

SAMPLES = "mikomi.core.compute.tests.samples"


def test_gives_the_result_and_is_not_confused_by_what_a_library_prints() -> None:
    assert run(f"{SAMPLES}:double", values=[1.5, 2.0]) == [3.0, 4.0]


def test_says_why_it_failed() -> None:
    with pytest.raises(ComputeError, match="the reason"):
        run(f"{SAMPLES}:fail")


def test_kills_what_takes_too_long(tmp_path: Path) -> None:
    # Given a function that sleeps, when its limit passes
    told = tmp_path / "pid"
    with pytest.raises(ComputeTimeoutError):
        run(f"{SAMPLES}:sleep_and_write", limit=timedelta(seconds=2), seconds=60, path=str(told))
    # Then its process is gone
    with pytest.raises(ProcessLookupError):
        os.kill(int(told.read_text()), 0)


def test_web_and_worker_load_no_scientific_library() -> None:
    # Given everything that web and worker import at start
    program = (
        "import os, sys, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'tests.settings'; django.setup();"
        "import mikomi.urls, mikomi.api.operations_urls, mikomi.core.work.worker, mikomi.promises.operations,"
        " mikomi.promises.queries;"
        "print(sorted({'numpy', 'scipy', 'duckdb', 'vl_convert'} & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    # Then none of these is among it
    assert told.stdout.strip().splitlines()[-1] == "[]", told.stderr


def test_the_child_may_load_them() -> None:
    assert run(f"{SAMPLES}:loaded") == ["numpy"]
