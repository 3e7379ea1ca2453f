"""`python -m benchmarks.intake`: the parts in processes of their own, their figures beside each other."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import benchmarks.intake
from benchmarks.database import in_child
from benchmarks.intake.kills import measure_kills
from benchmarks.intake.speed import measure_parser, measure_speed

MODULE = "benchmarks.intake"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=benchmarks.intake.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--answers", type=int, default=2_000, help="How many conversations are answered.")
    parser.add_argument("--speed", type=int, default=3_000, help="Mails of the measurement of speed.")
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--part", choices=["speed", "parser", "kills"])
    options = parser.parse_args()
    if options.part:
        print(json.dumps(run_part(options)))
        return
    shared = ["--engine", options.engine, "--messages", str(options.messages), "--kills", str(options.kills)]
    shared += ["--answers", str(options.answers), "--speed", str(options.speed)]
    parts = {name: in_child(MODULE, "--part", name, *shared) for name in ("speed", "kills")}
    helpdesk = measure_helpdesk(options.speed)
    print(json.dumps({"engine": options.engine, "django_helpdesk": helpdesk, **parts}, indent=2))


def run_part(options: argparse.Namespace) -> dict[str, Any]:
    """One part of the benchmark, in this process."""
    if options.part == "parser":
        return measure_parser(options.speed)
    if options.part == "speed":
        return measure_speed(options.engine, options.speed)
    return measure_kills(options.engine, options.messages, options.kills, options.answers)


def measure_helpdesk(count: int) -> dict[str, Any] | None:
    """django-helpdesk's intake over the same mails, in a Python that has it (MIKOMI_TEST_COMPARISON); else none."""
    python = os.environ.get("MIKOMI_TEST_COMPARISON", "")
    can = python and subprocess.run([python, "-c", "import helpdesk"], check=False, capture_output=True)
    if not can or can.returncode:
        return None
    script = Path(__file__).parent.with_name("beside_helpdesk.py")
    done = subprocess.run([python, str(script), str(count)], check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


if __name__ == "__main__":
    main()
