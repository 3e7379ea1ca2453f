"""Gradient boosting of symmetric trees: every level of a tree asks one question of all cases.

Symmetric trees (Prokhorenkova et al. 2018, "CatBoost") stay honest on a few thousand cases and are read without any
library: a tree is `depth` comparisons and one look-up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BINS = 32


@dataclass(frozen=True, slots=True)
class Settings:
    """How the trees are grown. `shrink`: cases' worth of "no effect" that each leaf starts with."""

    trees: int = 90
    depth: int = 4
    rate: float = 0.07
    shrink: float = 20.0
    rows: float = 0.4
    columns: float = 0.35
    most_rows: int = 6_000


@dataclass(frozen=True, slots=True)
class Trees:
    """`base` plus, for each tree, the value of the leaf that its comparisons lead to (`>` is 1, first bit first)."""

    base: float
    columns: list[list[int]]
    edges: list[list[float]]
    leaves: list[list[float]]

    def predict(self, table: Floats) -> Floats:
        """The prediction for each row. Inverse of nothing; the same as `rules.quoting.grown`, vectorised."""
        total = np.full(len(table), self.base)
        for columns, edges, leaves in zip(self.columns, self.edges, self.leaves, strict=True):
            place = np.zeros(len(table), np.int64)
            for column, edge in zip(columns, edges, strict=True):
                place = place * 2 + (table[:, column] > edge)
            total += np.asarray(leaves)[place]
        return total


Impute = Callable[[Floats], Floats]
"""From the predictions so far to the target, open cases filled in with what they may be expected to reach."""


def grow(table: Floats, weight: Floats, impute: Impute, seed: int, settings: Settings) -> Trees:
    """Fit trees to the least weighted squares of `impute(prediction)`, renewed every tenth tree."""
    rng = np.random.default_rng(seed)
    edges = [_edges(table[:, column]) for column in range(table.shape[1])]
    binned = np.stack([np.searchsorted(edge, table[:, place]) for place, edge in enumerate(edges)], 1).astype(
        np.int64
    )
    useful = np.flatnonzero([len(edge) > 0 for edge in edges])
    start = impute(np.zeros(len(table)))
    base = float(np.average(start, weights=weight))
    predicted = np.full(len(table), base)
    target = start
    grown: tuple[list[list[int]], list[list[float]], list[list[float]]] = ([], [], [])
    for number in range(settings.trees if len(useful) else 0):
        if number % 10 == 0:
            target = impute(predicted)
        chosen = useful[rng.random(len(useful)) < settings.columns]
        if not len(chosen):
            continue
        some = np.flatnonzero(rng.random(len(table)) < settings.rows)
        columns, bins, leaves = _tree(
            binned, chosen, some, weight=weight, rest=target - predicted, settings=settings
        )
        if not columns:
            continue
        predicted += leaves[_places(binned, columns, bins)]
        grown[0].append(columns)
        grown[1].append([float(edges[c][b]) for c, b in zip(columns, bins, strict=True)])
        grown[2].append(leaves.tolist())
    return Trees(base, *grown)


def _edges(values: Floats) -> Floats:
    """Where a column may be cut: between its values, or at its quantiles when it has many."""
    unique = np.unique(values)
    if len(unique) <= BINS:
        return np.asarray((unique[1:] + unique[:-1]) / 2)
    return np.unique(np.quantile(values, np.arange(1, BINS) / BINS))


def _places(binned: Ints, columns: list[int], bins: list[int]) -> Ints:
    place = np.zeros(len(binned), np.int64)
    for column, edge in zip(columns, bins, strict=True):
        place = place * 2 + (binned[:, column] > edge)
    return place


def _tree(
    binned: Ints, chosen: Ints, some: Ints, *, weight: Floats, rest: Floats, settings: Settings
) -> tuple[list[int], list[int], Floats]:
    """One tree: at each level the column and cut that explain most of the rest, over all leaves together."""
    own = binned[np.ix_(some, chosen)]
    width = len(chosen)
    keys = own + np.arange(width) * BINS
    mass, pull = weight[some], weight[some] * rest[some]
    masses, pulls = np.repeat(mass, width), np.repeat(pull, width)
    leaf = np.zeros(len(some), np.int64)
    columns: list[int] = []
    bins: list[int] = []
    for level in range(settings.depth):
        shape = (1 << level, width, BINS)
        where = (keys + (leaf * width * BINS)[:, None]).ravel()
        best = _best_cut(where, masses, pulls, shape, settings.shrink)
        if best is None:
            return columns, bins, _leaves(leaf, mass, pull, level, settings)
        column, edge = best
        columns.append(int(chosen[column]))
        bins.append(edge)
        leaf = leaf * 2 + (own[:, column] > edge)
    return columns, bins, _leaves(leaf, mass, pull, settings.depth, settings)


def _best_cut(
    where: Ints, masses: Floats, pulls: Floats, shape: tuple[int, int, int], shrink: float
) -> tuple[int, int] | None:
    size = shape[0] * shape[1] * shape[2]
    left_pull = np.bincount(where, pulls, minlength=size).reshape(shape).cumsum(2)
    left_mass = np.bincount(where, masses, minlength=size).reshape(shape).cumsum(2)
    all_pull, all_mass = left_pull[:, :, -1:], left_mass[:, :, -1:]
    right = (all_pull - left_pull) ** 2 / (all_mass - left_mass + shrink)
    gain = (left_pull**2 / (left_mass + shrink) + right - all_pull**2 / (all_mass + shrink)).sum(0)
    # A cut needs cases on both sides; the last bin has none to its right.
    gain[((all_mass - left_mass).sum(0) <= 0) | (left_mass.sum(0) <= 0)] = -1.0
    column, edge = divmod(int(np.argmax(gain)), BINS)
    return (column, edge) if gain[column, edge] > 0 else None


def _leaves(leaf: Ints, mass: Floats, pull: Floats, depth: int, settings: Settings) -> Floats:
    masses = np.bincount(leaf, mass, minlength=1 << depth)
    pulls = np.bincount(leaf, pull, minlength=1 << depth)
    return np.asarray(settings.rate * pulls / (masses + settings.shrink))
