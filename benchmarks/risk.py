"""The chance of breach: `python -m benchmarks.risk DIR [--promises 1000000]` prints one JSON object.

DIR as for `benchmarks.quoter`; the promises are the marketplace's own dates. Each week after 60 % of the orders every
order that is open and not late yet is scored with what is known then, and compared with what became of it: the Brier
score and the calibration of ours, of the share of time gone alone (as comparable cases of the same promises ended), and
of the base rate (how many promises decided by then were broken).

Then so many open promises are written into a database of its own (SQLite, gone afterwards), a tenth of them call-backs
that queue, some with an estimate, some on orders whose goods are missing, and scored as the sweep does it: read by key,
columns only (`promises.queries.scores`). Another connection writes all the while; `longest_wait_seconds` is how long it
had to wait for the write lock at most, `write_transactions` how many statements of the scoring were not reads.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.open_promises import score_stored
from benchmarks.quoter import LEARNED_FROM, Floats, Order, as_history, read_orders, rhythm_before
from mikomi.promises.fitting.scoring import late_chances
from mikomi.promises.fitting.survival import quantile
from mikomi.promises.fitting.walking import STEP, State, Tuning, Walk
from mikomi.promises.rules.breach import Past, risk

GRID = np.linspace(0.0, 1.0, 201)
LOST_AFTER = 60.0
"""Days after which an order that was never delivered is no open promise any more."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--promises", type=int, default=1_000_000)
    options = parser.parse_args()
    found = judge(read_orders(options.folder))
    print(json.dumps({**found, "scoring": score_stored(options.promises)}, indent=2))


def judge(orders: Sequence[Order]) -> dict[str, Any]:
    """The three forecasts, each against what happened."""
    first = int(len(orders) * LEARNED_FROM)
    beat = rhythm_before(orders, first)
    past = as_history(orders, beat)
    estimated = np.asarray([math.nan if one.estimated is None else one.estimated for one in orders])
    due = beat.counted(estimated) - past.began
    took = past.ended - past.began
    start = float(past.began[first])
    line = Walk(past, (), start - math.ceil((start - past.began[0]) / STEP) * STEP, Tuning())
    scored: dict[str, list[Floats]] = {"ours": [], "elapsed_share": [], "base_rate": [], "broken": []}
    while line.at <= past.began[-1]:
        now = line.at
        state = line.advance()
        if now < start:
            continue
        age = now - past.began
        with np.errstate(invalid="ignore"):
            is_open = (age > 0) & (age < LOST_AFTER) & ~(took < age) & (due > age) & ~np.isnan(took)
            decided = (age > due) & (took > 0)
        cases = np.flatnonzero(is_open & ~np.isnan(line.raw))
        if len(cases) and decided.sum() > 30:
            scored["broken"].append((took[cases] > due[cases]).astype(float))
            scored["base_rate"].append(np.full(len(cases), float((took > due)[decided].mean())))
            scored["elapsed_share"].append(_by_share((took / due)[decided], (age / due)[cases]))
            scored["ours"].append(_ours(line, state, cases, age[cases], due[cases]))
    columns = {name: np.concatenate(parts) for name, parts in scored.items()}
    broken = columns.pop("broken")
    return {
        "scored": len(broken),
        "broken": float(broken.mean()),
        **{name: _measures(chances, broken) for name, chances in columns.items()},
    }


def _ours(line: Walk, state: State, cases: Any, lasted: Floats, due: Floats) -> Floats:
    tuning = line.tuning
    centre = state.centre + tuning.tilt * (line.raw[cases] + state.level - state.centre)
    rest = np.asarray([quantile(state.values, state.below, share) for share in GRID])
    most = state.effective / (state.effective + 1.0)
    return late_chances(rest, most=most, centre=centre, lasted=lasted, due=due)


def _by_share(shares: Floats, gone: Floats) -> Floats:
    steps = tuple(float(one) for one in np.quantile(shares, np.arange(21) / 20))
    known = Past(steps, len(shares))
    return np.asarray([risk(float(share), known) for share in gone])


def _measures(chances: Floats, broken: Floats) -> dict[str, Any]:
    """Brier score, and in ten parts of equal size: mean chance stated, share broken; `off`: their mean distance."""
    order = np.argsort(chances, kind="stable")
    parts = [part for part in np.array_split(order, 10) if len(part)]
    table = [[float(chances[part].mean()), float(broken[part].mean()), len(part)] for part in parts]
    off = sum(abs(stated - seen) * size for stated, seen, size in table) / len(broken)
    brier = float(((chances - broken) ** 2).mean())
    return {
        "brier": round(brier, 5),
        "off": round(off, 4),
        "reliability": [[round(x, 4) for x in row] for row in table],
    }


if __name__ == "__main__":
    main()
