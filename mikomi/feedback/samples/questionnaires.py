"""Questionnaires of the past: what people expect, find, like, and how important it is to them. Seeded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random

from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.feedback import operations
from mikomi.feedback.rules import gaps

SERVICE_SHEETS, KANO_SHEETS, IMPORTANCE_SHEETS = 180, 80, 90
YEAR = 400
"""So many days back the first sheets lie."""
EXPECTED = {"tangibles": 4.9, "reliability": 6.2, "responsiveness": 5.3, "assurance": 5.8, "empathy": 5.2}
PERCEIVED = {"tangibles": 5.4, "reliability": 5.3, "responsiveness": 5.0, "assurance": 5.7, "empathy": 5.5}
WEIGHTS = {"tangibles": 3.4, "reliability": 6.3, "responsiveness": 5.6, "assurance": 5.0, "empathy": 4.4}
RISE, LATELY = 0.7, timedelta(days=90)
"""So many points more promptness is expected lately: the alert of the page."""
FEATURES = (
    ("wrap", "無料のギフト包装", "Free gift wrapping", "A"),
    ("track", "荷物の追跡番号のお知らせ", "Tracking number by mail", "M"),
    ("slot", "お届け時間帯の指定", "Choice of delivery time", "O"),
    ("repair", "割れた器の金継ぎ", "Repair of broken pieces (kintsugi)", "A"),
    ("app", "専用アプリ", "An app of our own", "I"),
)
FELT = {"A": (1, 3), "M": (2, 5), "O": (1, 5), "I": (3, 3)}
"""The usual pair of answers of each class: how it is with the feature, and without."""
ATTRIBUTES = (
    ("packing", "割れない梱包", "Packing that keeps things whole", 6.5, 6.2),
    ("ontime", "約束の日に届くこと", "Arrival on the day promised", 6.4, 4.9),
    ("advice", "店員の器の知識", "Advice on pottery", 5.0, 6.1),
    ("price", "価格の手ごろさ", "Prices", 5.2, 4.6),
    ("site", "サイトの見やすさ", "A clear web site", 4.6, 5.2),
    ("points", "ポイント", "Points", 3.6, 5.6),
)


def load_questionnaires(*, actor: Actor, seed: int, until: datetime) -> int:
    """Three questionnaires with their sheets; how many sheets."""
    random = Random(f"questionnaires {seed}")
    with clock.frozen(until - timedelta(days=YEAR)):
        service = operations.make_questionnaire(actor=actor, kind="servqual", title="サービスへの期待と実感")
        kano = operations.make_questionnaire(
            actor=actor, kind="kano", title="あると嬉しいこと", items=[_item(*one[:3]) for one in FEATURES]
        )
        rated = operations.make_questionnaire(
            actor=actor, kind="importance", title="大切なこと・できていること",
            items=[_item(*one[:3]) for one in ATTRIBUTES],
        )  # fmt: skip
    ages = [timedelta(days=random.uniform(0.2, YEAR - 5)) for _sheet in range(SERVICE_SHEETS)]
    return (
        _take(actor, service.pk, until, [(age, _service(random, age)) for age in ages])
        + _take(actor, kano.pk, until, [_aged(random, _kano(random)) for _sheet in range(KANO_SHEETS)])
        + _take(actor, rated.pk, until, [_aged(random, _rated(random)) for _ in range(IMPORTANCE_SHEETS)])
    )


def _item(key: str, japanese: str, english: str) -> dict[str, str]:
    return {"key": key, "ja": japanese, "en": english}


def _aged(random: Random, answers: dict[str, int]) -> tuple[timedelta, dict[str, int]]:
    return timedelta(days=random.uniform(0.2, 85)), answers


def _take(
    actor: Actor,
    questionnaire_id: int,
    until: datetime,
    sheets: Sequence[tuple[timedelta, Mapping[str, int]]],
) -> int:
    rows = [(f"sample-{number}", until - age, answers) for number, (age, answers) in enumerate(sheets)]
    found = operations.take_sheets(
        actor=actor, questionnaire_id=questionnaire_id, sheets=rows, source="sample"
    )
    return found.taken


def expected_answers(random: Random, age: timedelta, more: float = 0) -> dict[str, int]:
    """What one person expects; `more`: by so many points more than others."""
    return {
        f"e{item}": _point(random, _expected(dimension, age) + more, 0.8)
        for dimension, items in gaps.DIMENSIONS.items()
        for item in items
    }


def _expected(dimension: str, age: timedelta) -> float:
    return EXPECTED[dimension] + (RISE if dimension == "responsiveness" and age < LATELY else 0)


def _service(random: Random, age: timedelta) -> dict[str, int]:
    """One person's sheet: some stop before the end."""
    mood, wanted = random.gauss(0, 0.5), expected_answers(random, age)
    answers: dict[str, int] = {}
    for dimension, items in gaps.DIMENSIONS.items():
        if random.random() < 0.05 and answers:
            return answers
        for item in items:
            answers[f"e{item}"] = wanted[f"e{item}"]
            answers[f"p{item}"] = _point(random, PERCEIVED[dimension] + mood, 0.9)
        gap = PERCEIVED[dimension] - _expected(dimension, age)
        answers[f"x:{dimension}"] = _point(random, gaps.MIDDLE + gap + mood, 1.1)
    answers |= {f"w:{name}": _point(random, weight, 1.0) for name, weight in WEIGHTS.items()}
    return answers


def _kano(random: Random) -> dict[str, int]:
    answers = {}
    for key, _japanese, _english, usual in FEATURES:
        kind = usual if random.random() < 0.6 else random.choice("AMOI")
        answers[f"f:{key}"], answers[f"d:{key}"] = FELT[kind]
    return answers


def _rated(random: Random) -> dict[str, int]:
    answers = {}
    for key, _japanese, _english, importance, performance in ATTRIBUTES:
        answers[f"i:{key}"] = _point(random, importance, 0.9)
        answers[f"p:{key}"] = _point(random, performance, 1.0)
    return answers


def _point(random: Random, mean: float, spread: float) -> int:
    return min(gaps.HIGHEST, max(gaps.LOWEST, round(random.gauss(mean, spread))))
