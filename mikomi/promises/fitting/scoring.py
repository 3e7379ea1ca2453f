"""The chance of being late of very many open cases at once; the same formula as `rules.quoting.late_chance`."""

from __future__ import annotations

import numpy as np

from mikomi.promises.fitting.history import Floats


def late_chances(rest: Floats, *, most: float, centre: Floats, lasted: Floats, due: Floats) -> Floats:
    """P(T > due | T > lasted) of each case: `rest` are the equally spaced quantiles of log time minus `centre`,
    `most` the largest share of cases known to end, `lasted` and `due` days since it began. 1 from `due` on."""
    grid = np.linspace(0.0, 1.0, len(rest))
    now = np.where(lasted > 0, _below(rest, grid, lasted, centre), 0.0)
    then = _below(rest, grid, due, centre)
    alive = 1.0 - np.minimum(now, most)
    late = 1.0 - np.minimum(then, most)
    return np.where(lasted >= due, 1.0, np.minimum(1.0, late / np.maximum(alive, 1e-12)))


def _below(rest: Floats, grid: Floats, days: Floats, centre: Floats) -> Floats:
    logs = np.log(np.maximum(days, 1e-9)) - centre
    return np.asarray(np.interp(logs, rest, grid, left=0.0, right=1.0))
