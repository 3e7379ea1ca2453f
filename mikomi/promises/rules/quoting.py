"""Reading a quote from a stored model: what may be promised at a confidence, and the chance of being late.

Pure Python over plain lists; `mikomi.promises.fitting` makes the model in a compute process.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, floor, log
from typing import Any

from mikomi.promises.rules.rhythm import rhythm_of

UNKNOWN = -1.0
"""Stands for a number that is not known. The same as `fitting.history.UNKNOWN`."""
TRUSTS = {"ladder": 8.0, "chain": 8.0, "lately": 5.0}
SHARE_STEPS = 50
NEVER = 36_500.0
"""Days: longer than anything."""
LATELY_TRUST, STAGE_KEY_TRUST = 3.0, 3.0
"""The same as in `fitting.history.means`; a test holds both together."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about: when it begins (local days since a Monday) and what is known of it."""

    began: float
    numbers: Mapping[str, float | None] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Model:
    """A stored model. `rest`: the quantiles 0, 1/200 … 1 of log time minus prediction; `reaches`: the share of cases
    that end at all, as far as is known; `effective`: how many cases the quantiles rest on."""

    plain: Mapping[str, Any]

    @property
    def enough(self) -> bool:
        return bool(self.plain.get("enough"))

    @property
    def effective(self) -> float:
        return float(self.plain.get("effective", 0.0))

    @property
    def reaches(self) -> float:
        return float(self.plain.get("reaches", 0.0))


@dataclass(frozen=True, slots=True)
class Quoted:
    """`days` that may be promised, or none with the reason: "no_cases", "few_cases" (`needed` ended ones are needed for
    this confidence), "too_few_end" (fewer cases end at all than the confidence asks for)."""

    days: float | None
    reason: str
    effective: float
    needed: int
    group: str


def needed_cases(target: float) -> int:
    """How many ended cases a quote at this confidence takes: two that may be later than it."""
    return round(2.0 / max(1.0 - target, 1e-6))


def quote(model: Model, question: Question, target: float) -> Quoted:
    """The days within which a case of this kind is done with the chance `target` (0.5 … 0.99).

    The share asked of the past is raised by (n + 1) / n, as split conformal prediction does, so that few cases don't
    promise too much. Raises ValueError for a target outside 0.5 … 0.99.
    """
    if not 0.5 <= target <= 0.99:
        raise ValueError("A confidence lies between 0.5 and 0.99.")
    needed = needed_cases(target)
    if not model.enough:
        return Quoted(None, "no_cases", 0.0, needed, "")
    group = group_of(model, question)
    if model.effective < needed:
        return Quoted(None, "few_cases", model.effective, needed, group)
    share = target * (model.effective + 1) / model.effective
    if share > model.reaches:
        return Quoted(None, "too_few_end", model.effective, needed, group)
    days = exp(predicted(model, question) + _rest_at(model.plain["rest"], share))
    return Quoted(_on_calendar(model, question, days), "", model.effective, needed, group)


def late_chance(model: Model, question: Question, lasted: float, due: float) -> float:
    """P(T > due | T > lasted), days since the beginning: of the cases that had lasted as long, the part that ended
    later than `due`. 1 once `lasted` has reached `due`."""
    if lasted >= due:
        return 1.0
    centre = predicted(model, question)
    lasted, due = _counted(model, question, lasted), _counted(model, question, due)
    now = 1.0 if lasted <= 0 else 1.0 - _share_below(model, log(lasted) - centre)
    then = 1.0 - _share_below(model, log(due) - centre)
    return min(1.0, then / now) if now > 0 else 1.0


def usual_days(model: Model, question: Question) -> tuple[float, ...]:
    """The quantiles 0, 1/50 … 1 of the days that cases like this one take; NEVER for those that don't end. Of work that
    usually takes less than a day they are days that count: it is asked about for a weekday, without an hour."""
    centre, rest = predicted(model, question), model.plain["rest"]
    steps = [place / SHARE_STEPS for place in range(SHARE_STEPS + 1)]
    days = [exp(centre + _rest_at(rest, share)) if share <= model.reaches else NEVER for share in steps]
    beat, began = rhythm_of(model.plain), question.began
    if beat is None or days[SHARE_STEPS // 2] < 1.0:
        return tuple(days)
    start = beat.counted(began)
    return tuple(one if one == NEVER else beat.on_calendar(start + one) - began for one in days)


def _counted(model: Model, question: Question, days: float) -> float:
    """Of the days since the beginning those that count; all of them in a model without a rhythm."""
    beat, began = rhythm_of(model.plain), question.began
    return beat.counted(began + days) - beat.counted(began) if beat else days


def _on_calendar(model: Model, question: Question, days: float) -> float:
    """Inverse of `_counted`."""
    beat, began = rhythm_of(model.plain), question.began
    return beat.on_calendar(beat.counted(began) + days) - began if beat else days


def group_of(model: Model, question: Question) -> str:
    """The narrowest group that has cases of its own, as "key=value"; empty for the whole."""
    tables = model.plain["tables"]
    for key in reversed(model.plain["layout"]["ladder"]):
        value = question.keys.get(key, "")
        if value and value in tables.get(f"ladder:{key}", {}):
            return f"{key}={value}"
    return ""


def predicted(model: Model, question: Question) -> float:
    """The logarithm of the days that a case like this is expected to take."""
    plain = model.plain
    row, ladder = columns(plain, question)
    trees = plain["trees"]
    raw = ladder + (sum(grown(one, row) for one in trees) / len(trees) if trees else 0.0)
    centre = float(plain["centre"])
    return centre + float(plain["tilt"]) * (raw + float(plain["level"]) - centre)


def grown(trees: Mapping[str, Any], row: Sequence[float]) -> float:
    """What one set of trees says to a row. The same as `fitting.boosting.Trees.predict`."""
    total = float(trees["base"])
    for used, edges, leaves in zip(trees["columns"], trees["edges"], trees["leaves"], strict=False):
        place = 0
        for column, edge in zip(used, edges, strict=False):  # a check of each would take a third longer
            place += place + (row[column] > edge)
        total += leaves[place]
    return total


def columns(plain: Mapping[str, Any], question: Question) -> tuple[list[float], float]:
    """The row that the trees read, and what the ladder says. The same order as `fitting.history.Knowledge.table`."""
    layout = plain["layout"]
    row = [float(floor(question.began) % 7), question.began % 1.0]
    for name in layout["numbers"]:
        value = question.numbers.get(name)
        row.append(UNKNOWN if value is None else float(value))
    level = _mean(plain, "all", "", 1e-9, float(plain["first_mean"]))
    for key in layout["ladder"]:
        own = _mean(plain, f"ladder:{key}", question.keys.get(key, ""), TRUSTS["ladder"], level)
        row.append(own - level)
        level = own
    if not plain["trees"]:
        return row, level
    for chain in layout["chains"]:
        rest = 0.0
        for key in chain:
            rest = _mean(plain, f"chain:{key}", question.keys.get(key, ""), TRUSTS["chain"], rest)
        row.append(rest)
    row.append(_mean(plain, "lately", "", LATELY_TRUST, 0.0))
    row += [
        _mean(plain, f"lately:{key}", question.keys.get(key, ""), TRUSTS["lately"], 0.0)
        for key in layout["lively"]
    ]
    if layout["stage_key"]:
        name, stager = f"stage:{layout['stage_key']}", question.keys.get(layout["stage_key"], "")
        row.append(_mean(plain, name, stager, STAGE_KEY_TRUST, 0.0))
    return row, level


def _mean(plain: Mapping[str, Any], name: str, value: str, trust: float, wider: float) -> float:
    weight, total = plain["tables"].get(name, {}).get(value, (0.0, 0.0))
    return float((total + trust * wider) / (weight + trust))


def _rest_at(rest: Sequence[float], share: float) -> float:
    """The stored quantile at `share`, linear between neighbours."""
    place = min(max(share, 0.0), 1.0) * (len(rest) - 1)
    low = int(place)
    high = min(low + 1, len(rest) - 1)
    return rest[low] + (rest[high] - rest[low]) * (place - low)


def _share_below(model: Model, value: float) -> float:
    """The part of past cases whose log time minus prediction was at most `value`; never more than `reaches`, and
    never quite all: one case more could always be later."""
    rest = model.plain["rest"]
    most = min(model.reaches, model.effective / (model.effective + 1.0))
    place = bisect_right(rest, value)
    if place == 0:
        return 0.0
    if place >= len(rest):
        return most
    low, high = rest[place - 1], rest[place]
    part = (value - low) / (high - low) if high > low else 0.0
    return min(most, (place - 1 + part) / (len(rest) - 1))
