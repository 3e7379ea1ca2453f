"""What a claim's wording demands: "lasts up to 10 hours", 「平均30km/L」, "98 % would recommend".

Only what stands there is read: a number with its unit, what kind of limit it is, whether an average or each case is
meant. A person confirms it before anything is judged by it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from mikomi.promises.rules.claims import EACH_BY_DEFAULT, UP_TO_BY_DEFAULT, Basis, Bound

_NUMBER = r"(?P<value>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_UNITS = {
    "seconds": r"sec(?:ond)?s?\b|秒(?:間)?",
    "minutes": r"min(?:ute)?s?\b|分(?:間)?(?!の)",
    "hours": r"h(?:ou)?rs?\b|時間",
    "days": r"(?:business |working )?days?\b|営業日|日間?",
    "weeks": r"weeks?\b|週間",
    "months": r"months?\b|か月|ヶ月|カ月|ヵ月",
    "years": r"years?\b|年(?:間)?",
    "mpg": r"mpg\b|miles? per gallon|miles? (?:to|a) the gallon",
    "km/L": r"km/l\b|キロ/リットル",
    "%": r"%|percent\b|per cent\b|パーセント|割(?=の)",
    "kg": r"kg\b|キログラム",
    "g": r"g\b|グラム",
    "km": r"km\b|キロメートル|kilomet(?:er|re)s?\b",
    "cm": r"cm\b|センチ(?:メートル)?",
    "mm": r"mm\b|ミリ(?:メートル)?",
    "m": r"m\b|メートル|met(?:er|re)s?\b",
    "W": r"w(?:atts?)?\b|ワット",
    "dB": r"db\b|デシベル",
    "lumens": r"lumens?\b|lm\b|ルーメン",
    "°C": r"°c\b|℃|度",
    "times": r"times\b|uses\b|回",
    "GB": r"gb\b|ギガ(?:バイト)?",
    "Mbps": r"mbps\b|メガ",
}
_MEASURE = re.compile(
    _NUMBER
    + r"\s*(?:(?:out )?of 100|(?P<unit>"
    + "|".join(f"(?:{words})" for words in _UNITS.values())
    + r"))?",
    re.IGNORECASE,
)
_TOLERANCE = re.compile(
    r"(?:±|\+/-|plus or minus|give or take)\s*" + _NUMBER.replace("value", "tolerance"), re.IGNORECASE
)

_UP_TO = re.compile(r"\bup to\b|\bas (?:much|many|long) as\b|最大|最長|最高", re.IGNORECASE)
_AT_LEAST = re.compile(
    r"\bat least\b|\bno less than\b|\bmore than\b|\bover\b|\bminimum\b|\bor more\b|\blasts?\b|\bholds?\b|以上"
    r"|少なくとも|最低|を超え|持続|持ちます|もちます|使えます|続きます",
    re.IGNORECASE,
)
_AT_MOST = re.compile(
    r"\bat most\b|\bwithin\b|\bless than\b|\bunder\b|\bno more than\b|\bmaximum\b|\bor less\b|\bin (?=\d)|以内|以下"
    r"|未満|までに",
    re.IGNORECASE,
)
_AVERAGE = re.compile(
    r"\baverages?\b|\bon average\b|\bmean\b|\btypical(?:ly)?\b|\busual(?:ly)?\b|平均|通常|一般的",
    re.IGNORECASE,
)
_EACH = re.compile(
    r"\bevery\b|\beach\b|\balways\b|\bguaranteed?\b|\ball\b|必ず|すべて|全て|全品|毎回|保証|いつも",
    re.IGNORECASE,
)
_PEOPLE = re.compile(
    r"\bwould\b|\brecommend|\bsatisf|\bcustomers?\b|\bpeople\b|\bof (?:our|all|the)\b|\bsucce|おすすめ|お勧め|推奨|満足"
    r"|お客様|利用者|の方が|の人が|リピート|成功",
    re.IGNORECASE,
)  # fmt: skip
_DURATIONS = frozenset({"seconds", "minutes", "hours", "days"})


@dataclass(frozen=True, slots=True)
class ReadClaim:
    """What the words of a claim say; `unit` is empty where none stands there, `value` in that unit."""

    basis: Basis
    bound: Bound
    value: float
    unit: str
    tolerance: float
    share: float


def read_claim(text: str) -> ReadClaim | None:
    """The number that a claim names and how it is meant; none where it names none."""
    plain = unicodedata.normalize("NFKC", text)
    tolerance = _TOLERANCE.search(plain)
    rest = plain if tolerance is None else plain[: tolerance.start()] + " " + plain[tolerance.end() :]
    found = max(
        _MEASURE.finditer(rest), key=lambda match: (match["unit"] is not None, -match.start()), default=None
    )
    if found is None:
        return None
    unit = _unit_of(found["unit"] or "")
    basis, bound, share = _meaning(rest, unit, tolerance is not None)
    return ReadClaim(
        basis=basis,
        bound=bound,
        value=_number(found["value"]),
        unit=unit,
        tolerance=_number(tolerance["tolerance"]) if tolerance else 0.0,
        share=share,
    )


def _meaning(text: str, unit: str, has_tolerance: bool) -> tuple[Basis, Bound, float]:
    if unit == "%" and _PEOPLE.search(text):
        return Basis.YES_NO, _bound(text, Bound.AT_LEAST), EACH_BY_DEFAULT
    if _UP_TO.search(text):
        return Basis.EACH, Bound.AT_LEAST, UP_TO_BY_DEFAULT
    bound = _bound(text, Bound.ABOUT if has_tolerance or not _speaks(text) else Bound.AT_LEAST)
    if _AVERAGE.search(text):
        return Basis.AVERAGE, bound, EACH_BY_DEFAULT
    # "Within 2 minutes" is said to each customer; "lasts 10 hours" of the product on the whole.
    is_each = _EACH.search(text) or (bound is Bound.AT_MOST and unit in _DURATIONS)
    return (Basis.EACH if is_each else Basis.AVERAGE), bound, EACH_BY_DEFAULT


def _speaks(text: str) -> bool:
    return bool(_AT_LEAST.search(text) or _AT_MOST.search(text))


def _bound(text: str, otherwise: Bound) -> Bound:
    if _AT_MOST.search(text):
        return Bound.AT_MOST
    return Bound.AT_LEAST if _AT_LEAST.search(text) else otherwise


def _unit_of(word: str) -> str:
    plain = word.lower()
    return next(
        (unit for unit, words in _UNITS.items() if plain and re.fullmatch(words, plain, re.IGNORECASE)), ""
    )


def _number(text: str) -> float:
    return float(text.replace(",", ""))


# Units of measurements

_SECONDS = {"seconds": 1.0, "minutes": 60.0, "hours": 3_600.0, "days": 86_400.0, "weeks": 604_800.0}
_WEIGHTS = {"g": 1.0, "kg": 1_000.0}
_LENGTHS = {"mm": 1.0, "cm": 10.0, "m": 1_000.0, "km": 1_000_000.0}
_CLOCK = re.compile(r"(\d{1,4}):([0-5]\d)(?::([0-5]\d(?:\.\d+)?))?")
_SIGNED = re.compile(r"(?P<sign>[+-]?)\s*" + _NUMBER + r"\s*(?P<unit>\D*)")
_YES = frozenset({"yes", "y", "true", "1", "はい", "○", "〇", "有", "あり", "of course", "ok"})
_NO = frozenset({"no", "n", "false", "0", "いいえ", "×", "✕", "無", "なし"})


def known_unit(word: str) -> str:
    """How a unit is written here, as far as it is known; otherwise as given."""
    plain = unicodedata.normalize("NFKC", word).strip()
    return _unit_of(plain) or plain


def factor(unit: str, wanted: str) -> float | None:
    """By what a value in `unit` is multiplied to be in `wanted`; none where they measure different things."""
    unit, wanted = known_unit(unit), known_unit(wanted)
    if not unit or unit.casefold() == wanted.casefold():
        return 1.0
    for family in (_SECONDS, _WEIGHTS, _LENGTHS):
        if unit in family and wanted in family:
            return family[unit] / family[wanted]
    return None


def read_value(text: str, wanted: str) -> float | tuple[float, str] | None:
    """A measured value in the unit `wanted`: a number, with a unit or without, or 1:30 for durations.

    None where it is no number; the number with its unit where that unit measures something else.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if (clock := _CLOCK.fullmatch(plain)) and (scale := factor("seconds", wanted)) is not None:
        return (int(clock[1]) * 3600 + int(clock[2]) * 60 + float(clock[3] or 0)) * scale
    match = _SIGNED.fullmatch(plain)
    if match is None:
        return None
    value = _number(match["value"]) * (-1 if match["sign"] == "-" else 1)
    scale = factor(match["unit"].strip(), wanted)
    return (value, match["unit"].strip()) if scale is None else value * scale


def read_yes_no(text: str) -> float | None:
    """1 for yes, 0 for no; none where it is neither."""
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    return 1.0 if plain in _YES else 0.0 if plain in _NO else None
