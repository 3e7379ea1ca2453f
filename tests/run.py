"""`make test`: the whole suite on SQLite, the same on PostgreSQL, journeys where a browser is found.

What could not be run is said in the last lines. Where MIKOMI_TEST_REQUIRE names it (CI names all), it is a failure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

from tests import messages
from tests.paths import ROOT
from tests.postgres import private_cluster, server_programs

PARTS = {
    "postgres": "PostgreSQL's server programs (or MIKOMI_TEST_POSTGRES=postgresql://…)",
    "chromium": "Chromium",
    "dovecot": "Dovecot",
}


@dataclass
class Report:
    """What ran, and what had to be left out."""

    failed: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def main() -> int:
    report = Report()
    missing = set(find_missing())
    report.left_out = [PARTS[name] for name in sorted(missing)]
    messages.compile_all()
    run_suite("SQLite", missing, {"MIKOMI_DATABASE": "sqlite:///test.sqlite3"}, report)
    if "postgres" not in missing:
        with ExitStack() as stack:
            url = os.environ.get("MIKOMI_TEST_POSTGRES") or stack.enter_context(private_cluster())
            run_suite("PostgreSQL", missing, {"MIKOMI_DATABASE": url}, report)
    required = set(filter(None, os.environ.get("MIKOMI_TEST_REQUIRE", "").split(",")))
    report.failed += [f"required but not found: {PARTS[name]}" for name in sorted(missing & required)]
    print()
    for part in report.left_out:
        print(f"NOT RUN: what needs {part}, which was not found.")
    for part in report.failed:
        print(f"FAILED: {part}")
    if not report.failed:
        print("Everything that was run passed." if report.left_out else "Everything was run and passed.")
    return 1 if report.failed else 0


def find_missing() -> Iterator[str]:
    """The parts of the suite that this machine can't run."""
    if not os.environ.get("MIKOMI_TEST_POSTGRES") and server_programs() is None:
        yield "postgres"
    if not (shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")):
        yield "chromium"
    if not (shutil.which("dovecot") or os.path.exists("/usr/sbin/dovecot")):
        yield "dovecot"


def run_suite(name: str, missing: set[str], environment: dict[str, str], report: Report) -> None:
    """Run pytest once on one engine."""
    print(f"\n=== The suite on {name} ===", flush=True)
    unwanted = [mark for mark, part in (("browser", "chromium"), ("dovecot", "dovecot")) if part in missing]
    unwanted.append("postgres" if name == "SQLite" else "once")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        os.environ.get("MIKOMI_TEST_PROCESSES", "2"),
        "--dist",
        "loadfile",
        "--no-loadscope-reorder",
    ]
    if unwanted:
        command += ["-m", " and ".join(f"not {mark}" for mark in unwanted)]
    done = subprocess.run([*command, *sys.argv[1:]], cwd=ROOT, env=os.environ | environment, check=False)
    if done.returncode:
        report.failed.append(f"the suite on {name}")


if __name__ == "__main__":
    sys.exit(main())
