"""Make `.venv` in the checkout, with nothing but Python 3.11 or newer on the machine.

    python3 bootstrap.py run    what Mikomi needs to run
    python3 bootstrap.py dev    the same and what tests, benchmarks and checkers need
    python3 bootstrap.py lock   lock the dependencies anew (needs `dev`)

A stamp of the lock file's content says whether the environment is up to date, so a second start costs nothing.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import re
import stat
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOCKS = {"run": ROOT / "requirements.txt", "dev": ROOT / "requirements-dev.txt"}
AT_ONCE = 3
"""So many installers share the lock: each waits for the network half of its time."""
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
        # This Python's own installer can fill the environment; to put one into it takes seconds.
        venv.create(VENV, with_pip=not has_pip())
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


def has_pip() -> bool:
    """Whether this Python's own installer can fill another environment (`--python` came with 22.3)."""
    try:
        version = importlib.metadata.version("pip")
    except importlib.metadata.PackageNotFoundError:
        return False
    return tuple(int(part) for part in version.split(".")[:2] if part.isdecimal()) >= (22, 3)


def install(kind: str) -> None:
    print(f"Installing the packages of {LOCKS[kind].name} (once) …", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        parts = [Path(folder) / f"{number}.txt" for number in range(AT_ONCE)]
        for number, part in enumerate(parts):
            part.write_text("".join(requirements(LOCKS[kind])[number::AT_ONCE]))
        # The lock names everything, so nothing has to be resolved, and no two of them touch the same package.
        command = [*installer(), "--no-deps", "-r"]
        running = [subprocess.Popen([*command, str(part)]) for part in parts]
        codes = [one.wait() for one in running]
        if any(codes):
            sys.exit("The packages could not be installed; what is said above tells why.")
    path, digest = stamp_of(kind)
    path.write_text(digest)


def installer() -> list[str]:
    """pip for the environment: this Python's, or where it has none the environment's own."""
    python = [sys.executable, "-m", "pip", "--python", str(VENV / "bin" / "python")]
    if not has_pip():
        python = [str(VENV / "bin" / "python"), "-m", "pip"]
        # Another Python may have made the environment without one.
        subprocess.run([python[0], "-m", "ensurepip"], check=True, stdout=subprocess.DEVNULL)
    # Python compiles what it imports by itself; compiling everything takes a third of the installation's time.
    return [*python, "install", "--quiet", "--require-hashes", "--disable-pip-version-check", "--no-input",
            "--no-compile"]  # fmt: skip


def requirements(lock: Path) -> list[str]:
    """Each requirement of a lock with its hashes, as it stands there."""
    return re.findall(r"^(?![#\s]).+\n(?:[ \t]+.*\n)*", lock.read_text(), re.MULTILINE)


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
