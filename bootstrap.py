"""Make `.venv` in the checkout, with nothing but Python 3.11 or newer on the machine.

    python3 bootstrap.py run    what Mikomi needs to run
    python3 bootstrap.py dev    the same and what tests, benchmarks and checkers need
    python3 bootstrap.py lock   lock the dependencies anew (needs `dev`)

A stamp of the lock file's content says whether the environment is up to date, so a second start costs nothing.
"""

from __future__ import annotations

import hashlib
import os
import stat
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOCKS = {"run": ROOT / "requirements.txt", "dev": ROOT / "requirements-dev.txt"}
LAUNCHER = """#!/bin/sh
# Made by bootstrap.py: the `mikomi` command of this checkout.
here=$(cd "$(dirname "$0")/../.." && pwd)
PYTHONPATH="$here${PYTHONPATH:+:$PYTHONPATH}" exec "$here/.venv/bin/python" -m mikomi "$@"
"""


def main() -> int:
    wanted = sys.argv[1] if len(sys.argv) > 1 else "run"
    if wanted == "lock":
        return lock()
    if sys.version_info < (3, 11):
        print(
            f"Mikomi needs Python 3.11 or newer; this is {sys.version.split()[0]}. Try make PYTHON=python3.11."
        )
        return 1
    make_environment()
    if not is_current(wanted):
        install(wanted)
    return 0


def make_environment() -> None:
    if not (VENV / "bin" / "python").exists():
        print("Making the environment in .venv …", flush=True)
        venv.create(VENV, with_pip=True)
    launcher = VENV / "bin" / "mikomi"
    if not launcher.exists() or launcher.read_text() != LAUNCHER:
        launcher.write_text(LAUNCHER)
        launcher.chmod(launcher.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)


def stamp_of(kind: str) -> tuple[Path, str]:
    return VENV / f"installed-{kind}.sha256", hashlib.sha256(LOCKS[kind].read_bytes()).hexdigest()


def is_current(kind: str) -> bool:
    """Up to date when this kind's lock, or for `run` the larger one, is what was installed last."""
    names = ("run", "dev") if kind == "run" else ("dev",)
    return any(path.exists() and path.read_text() == digest for path, digest in map(stamp_of, names))


def install(kind: str) -> None:
    print(f"Installing the packages of {LOCKS[kind].name} (once) …", flush=True)
    command = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet", "--require-hashes"]
    # Python compiles what it imports by itself; compiling everything takes a third of the installation's time.
    command += ["--disable-pip-version-check", "--no-input", "--no-compile", "-r", str(LOCKS[kind])]
    subprocess.run(command, check=True)
    path, digest = stamp_of(kind)
    path.write_text(digest)


def lock() -> int:
    uv = [str(VENV / "bin" / "uv"), "pip", "compile", "--quiet", "--generate-hashes", "--universal"]
    uv += [
        "--python-version",
        "3.11",
        "--no-emit-index-url",
        "--no-emit-find-links",
        "--no-header",
        "--no-annotate",
    ]
    upgrade = ["--upgrade"] if os.environ.get("UPGRADE") else []
    for source, extra in (("requirements", []), ("requirements-dev", ["-c", "requirements.txt"])):
        subprocess.run([*uv, *upgrade, f"{source}.in", "-o", f"{source}.txt", *extra], check=True, cwd=ROOT)
    return 0


if __name__ == "__main__":
    sys.exit(main())
