"""Run a function in a process of its own, with plain values in and out.

Web and worker import no scientific library: what needs one runs here. The process starts on demand, is given a time
limit, and is gone afterwards, with its memory.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from datetime import timedelta
from typing import Any

LIMIT = timedelta(minutes=2)
_KEPT_OF_ERROR = 4000


class ComputeError(RuntimeError):
    """The function raised, or its process died; the message ends with what it wrote to its error stream."""


class ComputeTimeoutError(ComputeError):
    """The function took longer than its limit; its process was killed."""


def run(function: str, *, limit: timedelta = LIMIT, **arguments: Any) -> Any:
    """Call `package.module:function` with these keyword arguments in a child process; both arguments and result are
    what JSON can say. The child and whatever it started are killed at the limit.

    Raises ComputeError, ComputeTimeoutError. The function is named by our own code only, never by a request.
    """
    child = subprocess.Popen(
        [sys.executable, "-m", "mikomi.core.compute.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_environment(),
        start_new_session=True,
    )
    question = json.dumps({"function": function, "arguments": arguments}).encode()
    try:
        answer, errors = child.communicate(question, timeout=limit.total_seconds())
    except subprocess.TimeoutExpired as error:
        _kill(child)
        raise ComputeTimeoutError(f"{function} took longer than {limit}.") from error
    except BaseException:
        _kill(child)
        raise
    if child.returncode != 0:
        told = errors.decode(errors="replace")[-_KEPT_OF_ERROR:]
        raise ComputeError(f"{function} failed with code {child.returncode}: {told}")
    return json.loads(answer)


def _environment() -> dict[str, str]:
    """Ours, with one thread for each library: a server's cores belong to its pages."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    paths = os.pathsep.join(path for path in sys.path if path)
    return {**os.environ, **threads, "PYTHONPATH": paths}


def _kill(child: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.communicate()
