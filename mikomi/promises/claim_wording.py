"""Measured claims in words: the verdict in one plain sentence, what can't be judged, why one is not published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mikomi.promises.rules.claims import Basis, Bound, ClaimTerms, ClaimVerdict, Outcome

_UNITS = {
    "seconds": gettext_lazy("seconds"),
    "minutes": gettext_lazy("minutes"),
    "hours": gettext_lazy("hours"),
    "days": gettext_lazy("days"),
    "weeks": gettext_lazy("weeks"),
    "months": gettext_lazy("months"),
    "years": gettext_lazy("years"),
    "times": gettext_lazy("times"),
    "lumens": gettext_lazy("lumens"),
}
_PROBLEMS = {
    "no_unit": gettext_lazy("Say in which unit the number is: without a unit nobody can measure it."),
    "no_number": gettext_lazy("This is not a number that can be measured."),
    "not_a_value": gettext_lazy("“%(value)s” is not a number."),
    "other_unit": gettext_lazy("“%(value)s” is in another unit; the claim is in %(unit)s."),
    "negative_tolerance": gettext_lazy("A tolerance can't be negative."),
    "no_share": gettext_lazy("A share lies between 0 and 100 percent."),
    "anything_goes": gettext_lazy("With this tolerance every result would be accepted: nothing is claimed."),
    "never_shown": gettext_lazy(
        "All or none of all cases can never be shown by a sample; allow a tolerance."
    ),
    "about_without_tolerance": gettext_lazy("Say how far off “about” may be: what do customers accept?"),
    "low_ceiling": gettext_lazy("The largest possible value must lie above the claimed one."),
    "not_yes_no": gettext_lazy("“%(value)s” is neither yes nor no."),
    "beyond_ceiling": gettext_lazy("%(value)s lies outside of what is possible (0 to %(ceiling)s)."),
    "absurd": gettext_lazy(
        "%(value)s is more than a hundred times the claimed %(target)s. Is the unit right?"
    ),
    "future": gettext_lazy("It was measured in the future; check the date."),
    "no_key": gettext_lazy("Each measurement needs an id of its own, so that it counts once."),
}
_STOPPED = {
    "no_subject": gettext_lazy("Nothing stands behind it: name the product, or what measures our service."),
    "no_product": gettext_lazy("The product that it is about is no longer there."),
    "no_evidence": gettext_lazy("Nothing was measured yet: a claim without evidence is not published."),
    "undecided": gettext_lazy("The measurements don't show yet that it holds."),
    "broken": gettext_lazy("The measurements show that it does not hold."),
    "withdrawn": gettext_lazy("It was withdrawn."),
}


def problem(code: str, params: Mapping[str, Any]) -> str:
    """Why terms or a measurement can't be used."""
    words = str(_PROBLEMS[code])
    # A sentence without fields may hold a percent sign.
    return words % {key: _plain(value) for key, value in params.items()} if params else words


def stopped(code: str) -> str:
    """Why a claim is not published."""
    return str(_STOPPED[code])


def unit_word(unit: str) -> str:
    """A unit in the reader's language, as far as it is a word."""
    return str(_UNITS.get(unit, unit))


def amount(value: float, unit: str) -> str:
    """A value with its unit."""
    word = unit_word(unit)
    return f"{_plain(value)}%" if unit == "%" else f"{_plain(value)} {word}".strip()


def measured(terms: ClaimTerms, value: float) -> str:
    """One measurement of a claim with these terms."""
    if terms.basis is Basis.YES_NO:
        return _("Yes") if value == 1 else _("No")
    return amount(value, terms.unit)


def claimed(terms: ClaimTerms) -> str:
    """What is claimed exactly, in a few words."""
    value, unit = (terms.target * 100, "%") if terms.basis is Basis.YES_NO else (terms.target, terms.unit)
    tolerance = terms.tolerance * 100 if terms.basis is Basis.YES_NO else terms.tolerance
    words = {
        Bound.ABOUT: _("about %(amount)s"),
        Bound.AT_LEAST: _("at least %(amount)s"),
        Bound.AT_MOST: _("at most %(amount)s"),
    }[terms.bound] % {"amount": amount(value, unit)}
    if tolerance:
        words += f" (±{_plain(tolerance)})"
    if terms.basis is Basis.EACH:
        return _("%(what)s in %(share)s of the cases") % {"what": words, "share": _percent(terms.share)}
    if terms.basis is Basis.AVERAGE:
        return _("%(what)s on average") % {"what": words}
    return words


def sentence(terms: ClaimTerms, verdict: ClaimVerdict) -> str:
    """The verdict in one plain sentence, with what it rests on."""
    if verdict.count == 0:
        return _("Nothing was measured yet.")
    words = {
        Outcome.KEPT: _("It holds: %(found)s; accepted is %(accepted)s."),
        Outcome.EXCEEDED: _("It is exceeded: %(found)s; accepted is %(accepted)s."),
        Outcome.BROKEN: _("It does not hold: %(found)s; accepted is %(accepted)s."),
        Outcome.UNDECIDED: _("Not decided yet: %(found)s; accepted is %(accepted)s."),
    }[verdict.outcome]
    said = words % {"found": _found(terms, verdict), "accepted": _accepted(terms, verdict)}
    if verdict.is_decided:
        return said
    # One sentence about what it would take, behind the one about what is known.
    return f"{said} {_outlook(verdict)}".strip()


def _found(terms: ClaimTerms, verdict: ClaimVerdict) -> str:
    unit = terms.unit if terms.basis is Basis.AVERAGE else "%"
    scale = 1 if terms.basis is Basis.AVERAGE else 100
    assert verdict.estimate is not None
    params = {
        "count": verdict.count,
        "estimate": amount(verdict.estimate * scale, unit),
        "interval": _interval(verdict, scale, unit),
    }
    if terms.basis is Basis.AVERAGE:
        words = ngettext(
            "%(count)s measurement gives %(estimate)s%(interval)s",
            "%(count)s measurements average %(estimate)s%(interval)s",
            verdict.count,
        )
    elif terms.basis is Basis.EACH:
        words = ngettext(
            "of %(count)s measured case, %(estimate)s were as claimed%(interval)s",
            "of %(count)s measured cases, %(estimate)s were as claimed%(interval)s",
            verdict.count,
        )
    else:
        words = ngettext(
            "of %(count)s answer, %(estimate)s say yes%(interval)s",
            "of %(count)s answers, %(estimate)s say yes%(interval)s",
            verdict.count,
        )
    return words % params


def _interval(verdict: ClaimVerdict, scale: int, unit: str) -> str:
    if verdict.low is None or verdict.high is None:
        return ""
    low, high = _plain(verdict.low * scale), amount(verdict.high * scale, unit)
    return _(" (90%% sure: %(low)s to %(high)s)") % {"low": low, "high": high}


def _accepted(terms: ClaimTerms, verdict: ClaimVerdict) -> str:
    unit, scale = (terms.unit, 1) if terms.basis is Basis.AVERAGE else ("%", 100)
    low, high = verdict.limit_low, verdict.limit_high
    if low is not None and high is not None:
        return _("%(low)s to %(high)s") % {"low": _plain(low * scale), "high": amount(high * scale, unit)}
    if low is not None:
        return _("%(amount)s or more") % {"amount": amount(low * scale, unit)}
    return _("%(amount)s or less") % {"amount": amount((high or 0) * scale, unit)}


def _outlook(verdict: ClaimVerdict) -> str:
    if verdict.is_close:
        return _(
            "The truth lies so close to the limit that no reasonable number of measurements would decide."
        )
    if verdict.more is None:
        return _("One measurement alone says nothing about the spread.")
    return ngettext(
        "%(num)s more measurement like these would probably decide.",
        "%(num)s more measurements like these would probably decide.",
        verdict.more,
    ) % {"num": f"{verdict.more:,}"}


def _percent(share: float) -> str:
    return f"{_plain(share * 100)}%"


def _plain(value: Any) -> str:
    """Three significant digits behind what is needed: 18.9667 → 19, 0.5 → 0.5, 12345 → 12,345."""
    if isinstance(value, str):
        return value
    size = abs(value)
    text = f"{value:,.0f}" if size >= 1_000 else f"{value:.1f}" if size >= 10 else f"{value:.2f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
