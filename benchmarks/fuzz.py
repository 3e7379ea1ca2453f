"""The long run of the reader's fuzzing: `python -m benchmarks.fuzz --minutes 60` prints JSON.

Damages the seeds of `mikomi/channels/email/tests/fuzzing.py` for so long, in turn messages, pages and replies, and
holds the rules that stand there. For each: `cases`, `per_second`, `slowest_ms`, and `broken`: the rules that did not
hold, with the file in which the case was kept (`--keep FOLDER`), to become a test. The same `--seed` makes the same
cases. Ends with 1 if a rule was broken.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
import time
from pathlib import Path
from typing import Any

MOST_KEPT = 50


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path("var/fuzz"))
    options = parser.parse_args()
    result = run(options.minutes * 60, options.seed, options.keep)
    print(json.dumps({"minutes": options.minutes, "seed": options.seed, **result}, indent=2))
    return 1 if any(one["broken"] for one in result.values()) else 0


def run(seconds: float, seed: int, keep: Path) -> dict[str, dict[str, Any]]:
    """Fuzz for so long; the figures by what was damaged."""
    from mikomi.channels.email.tests import fuzzing

    chance = random.Random(seed)
    found: dict[str, dict[str, Any]] = {
        name: {"seeds": len(items), "cases": 0, "seconds": 0.0, "slowest_ms": 0.0, "broken": []}
        for name, items in fuzzing.seeds().items()
    }
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for name, items in fuzzing.seeds().items():
            case = fuzzing.damage(chance.choice(items), chance, chance.choice(items))
            _try(name, case, found[name], keep)
    for one in found.values():
        spent = one.pop("seconds")
        one["per_second"] = round(one["cases"] / spent) if spent else 0
    return found


def _try(name: str, case: bytes, result: dict[str, Any], keep: Path) -> None:
    from mikomi.channels.email.tests import fuzzing

    began = time.perf_counter()
    try:
        slow = fuzzing.CHECKS[name](case) * 1000
        result["slowest_ms"] = max(result["slowest_ms"], round(slow, 1))
    except Exception as error:
        if len(result["broken"]) < MOST_KEPT:
            keep.mkdir(parents=True, exist_ok=True)
            path = keep / f"{name}-{hashlib.sha256(case).hexdigest()[:12]}"
            path.write_bytes(case)
            result["broken"].append({"rule": f"{type(error).__name__}: {error}"[:300], "case": str(path)})
    result["cases"] += 1
    result["seconds"] += time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
