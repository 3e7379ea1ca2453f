"""The printed numbers of SERVQUAL, CES, Kano and importance–performance, then properties."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mikomi.core.intervals import net_promoter, wilson
from mikomi.feedback.rules import gaps, ipa, kano
from mikomi.feedback.rules.ipa import Quadrant

PRINTED = {
    "tangibles": 0.0,
    "reliability": -1.40,
    "responsiveness": -0.25,
    "assurance": -0.25,
    "empathy": 0.20,
}
WEIGHTS = {"reliability": 35.0, "tangibles": 10.0, "responsiveness": 25.0, "assurance": 20.0, "empathy": 10.0}


def test_the_gap_of_reliability_as_printed() -> None:
    assert gaps.gap_of([7, 7, 7, 7, 6], [5, 6, 5, 5, 6]) == pytest.approx(-1.40)


def test_the_overall_gap_as_printed_without_and_with_weights() -> None:
    assert gaps.overall(PRINTED) == pytest.approx(-0.34)
    assert gaps.overall(PRINTED, WEIGHTS) == pytest.approx(-0.5825)


def test_the_22_pairs_fall_into_five_dimensions() -> None:
    items = [item for dimension in gaps.DIMENSIONS.values() for item in dimension]
    assert items == list(range(1, 23))


def test_a_sheet_gives_the_printed_gap_and_partial_ones_count_where_they_can() -> None:
    sheet = dict(zip((f"e{item}" for item in range(5, 10)), (7, 7, 7, 7, 6), strict=True))
    sheet |= dict(zip((f"p{item}" for item in range(5, 10)), (5, 6, 5, 5, 6), strict=True))
    (found,) = gaps.servqual([sheet, {"e5": 7}, {}])
    assert (found.dimension, found.gap.count) == ("reliability", 1)
    assert found.gap.mean == pytest.approx(-1.40)
    assert found.gap.low is None
    assert gaps.servqual([]) == []


def test_the_direct_item_is_read_over_all_and_by_dimension() -> None:
    sheets = [{"x": 6, "x:reliability": 2}, {"x:reliability": 3}, {"x:reliability": 4}, {"x:empathy": 7}, {}]
    found = gaps.against(sheets)
    assert [one.dimension for one in found] == ["", "reliability", "empathy"]
    reliability = found[1]
    assert (reliability.mean.mean, reliability.mean.count) == (3, 3)
    assert (reliability.better, reliability.worse) == (0, 2)
    assert gaps.against([]) == []


def test_importance_is_a_share_of_one_and_needs_every_dimension() -> None:
    whole = {f"w:{name}": int(weight) for name, weight in WEIGHTS.items()}
    shares = gaps.importance([whole])
    assert shares["reliability"] == pytest.approx(0.35)
    assert gaps.overall(PRINTED, shares) == pytest.approx(-0.5825)
    assert gaps.importance([{"w:empathy": 3}]) == {}


@pytest.mark.parametrize(("degrees", "value"), [(1, 12.706), (4, 2.776), (10, 2.228), (100, 1.984)])
def test_quantiles_of_student_as_printed(degrees: int, value: float) -> None:
    assert gaps.t_quantile(degrees) == pytest.approx(value, abs=5e-4)


def test_three_scorings_of_effort_as_printed() -> None:
    found = gaps.effort([2, 3, 5, 10, 20, 30, 30])
    assert found.mean == pytest.approx(5.53)
    assert (found.easy, found.net) == (80, 50)
    with pytest.raises(ValueError, match="seven"):
        gaps.effort([0] * 7)


def test_satisfaction_and_promoters_as_printed() -> None:
    assert [100 * limit for limit in (wilson(85, 100).low, wilson(85, 100).high)] == pytest.approx(
        [76.72, 90.69], abs=5e-3
    )
    assert net_promoter(60, 25, 15).score == pytest.approx(45)


# Kano


def test_kanos_table_as_printed() -> None:
    table = ["".join(kano.classify(f, d) for d in range(1, 6)) for f in range(1, 6)]
    assert " / ".join(table) == "QAAAO / RIIIM / RIIIM / RIIIM / RRRRQ"


@pytest.mark.parametrize(
    ("classes", "category"),
    [("MMOOAAII", "M"), ("OOAAII", "O"), ("AAII", "A"), ("IIRR", "I"), ("MOOO", "O"), ("RRRQ", "R")],
)
def test_the_graver_class_counts_where_two_are_equal(classes: str, category: str) -> None:
    found = kano.feature("x", classes)
    assert found is not None
    assert found.category == category


def test_better_and_worse_are_shares_of_the_four_clear_classes() -> None:
    found = kano.feature("x", "AAAOOMIIRQ")
    assert found is not None
    assert found.better == pytest.approx(5 / 8)
    assert found.worse == pytest.approx(-3 / 8)
    only_odd = kano.feature("x", "RQ")
    assert only_odd is not None
    assert only_odd.better is None
    assert kano.feature("x", "") is None


@given(st.lists(st.sampled_from("MOAIRQ"), min_size=1))
def test_every_answer_is_counted_once(classes: list[str]) -> None:
    found = kano.feature("x", classes)
    assert found is not None
    assert found.total == len(classes)
    assert found.better is None or (0 <= found.better <= 1 and -1 <= (found.worse or 0) <= 0)


def test_features_need_both_answers() -> None:
    found = kano.features(["gift", "speed"], [{"f:gift": 1, "d:gift": 3}, {"f:speed": 2}])
    assert [(one.key, one.category) for one in found] == [("gift", "A")]


# Importance and performance


def test_the_four_fields_of_the_map() -> None:
    sheets = [
        {
            "i:speed": 7,
            "p:speed": 2,
            "i:price": 6,
            "p:price": 6,
            "i:music": 2,
            "p:music": 2,
            "i:bags": 1,
            "p:bags": 6,
        }
    ]
    found = ipa.ipa_map(["speed", "price", "music", "bags"], sheets)
    assert found is not None
    assert [one.quadrant for one in found.spots] == [
        Quadrant.CONCENTRATE, Quadrant.KEEP_UP, Quadrant.LOW_PRIORITY, Quadrant.OVERKILL,
    ]  # fmt: skip
    assert (found.importance_at, found.performance_at, found.by_means) == (4, 4, True)
    fixed = ipa.ipa_map(["speed"], sheets, crosshair=(3.5, 1.5))
    assert fixed is not None
    assert (fixed.spots[0].quadrant, fixed.by_means) == (Quadrant.KEEP_UP, False)
    assert ipa.ipa_map(["speed"], []) is None


# Drift


def test_expectations_that_rise_are_told_and_noise_is_not() -> None:
    source = random.Random(4)
    before = [source.gauss(5.0, 0.8) for _ in range(60)]
    risen = gaps.drift("reliability", before, [source.gauss(5.8, 0.8) for _ in range(60)])
    same = gaps.drift("reliability", before, [source.gauss(5.0, 0.8) for _ in range(60)])
    assert risen is not None
    assert risen.is_alert
    assert risen.change > 0
    assert same is not None
    assert not same.is_alert
    assert gaps.drift("reliability", [5.0] * 7, before) is None


def test_a_drift_alarm_is_rarely_false() -> None:
    source = random.Random(9)

    def alarm() -> bool:
        found = gaps.drift(
            "x", [source.gauss(5, 1) for _ in range(30)], [source.gauss(5, 1) for _ in range(30)]
        )
        return found is not None and found.is_alert

    assert sum(alarm() for _ in range(400)) <= 10
