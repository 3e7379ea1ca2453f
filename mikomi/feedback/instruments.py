"""The questions of the questionnaires, in the active language, in our own wording.

Codes of answers: e1…e22 what people expect of a good business, p1…p22 what they find here, w:DIMENSION how important
it is (1…7); f:KEY and d:KEY Kano's pair (1…5); i:KEY and p:KEY importance and performance (1…7); x and
x:DIMENSION how it was against what was expected (1 much worse … 7 much better).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from mikomi.feedback.models import Questionnaire
from mikomi.feedback.rules.gaps import DIMENSIONS

DIMENSION_WORDS = {
    "tangibles": gettext_lazy("Appearance"),
    "reliability": gettext_lazy("Reliability"),
    "responsiveness": gettext_lazy("Responsiveness"),
    "assurance": gettext_lazy("Assurance"),
    "empathy": gettext_lazy("Empathy"),
}
_ASPECTS = (
    pgettext_lazy("service", "Equipment and tools are up to date."),
    pgettext_lazy("service", "The rooms or the web pages look pleasant."),
    pgettext_lazy("service", "The people look well kept."),
    pgettext_lazy("service", "Leaflets, letters and packaging look the part."),
    pgettext_lazy("service", "What is promised by a date is done by then."),
    pgettext_lazy("service", "When I have a problem, there is a sincere wish to solve it."),
    pgettext_lazy("service", "It is done right the first time."),
    pgettext_lazy("service", "I get it at the time that I was told."),
    pgettext_lazy("service", "Records and bills are free of mistakes."),
    pgettext_lazy("service", "I am told exactly when something will be done."),
    pgettext_lazy("service", "I am served promptly."),
    pgettext_lazy("service", "People are always willing to help."),
    pgettext_lazy("service", "Nobody is ever too busy to answer me."),
    pgettext_lazy("service", "The way people act gives me confidence."),
    pgettext_lazy("service", "I feel safe when I buy and pay."),
    pgettext_lazy("service", "People are polite at all times."),
    pgettext_lazy("service", "People know enough to answer my questions."),
    pgettext_lazy("service", "I get attention of my own."),
    pgettext_lazy("service", "The hours suit me."),
    pgettext_lazy("service", "There is somebody who looks after me personally."),
    pgettext_lazy("service", "My interests are taken to heart."),
    pgettext_lazy("service", "People understand what I in particular need."),
)


@dataclass(frozen=True, slots=True)
class Question:
    """One question: the code of its answer, its words, and the choices (value, word)."""

    code: str
    words: str
    choices: Sequence[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Step:
    """Questions that stand on one page."""

    title: str
    questions: list[Question]


def steps(questionnaire: Questionnaire) -> list[Step]:
    """The questionnaire page by page, in the active language."""
    kind = Questionnaire.Kind(questionnaire.kind)
    if kind is Questionnaire.Kind.SERVQUAL:
        return [*(_dimension(name) for name in DIMENSIONS), _weights()]
    if kind is Questionnaire.Kind.DISCONFIRMATION:
        return [Step("", [Question("x", _how_it_was(), _against())])]
    make = _kano if kind is Questionnaire.Kind.KANO else _ratings
    return [make(item["key"], words_of(item)) for item in questionnaire.items]


def codes(questionnaire: Questionnaire) -> dict[str, int]:
    """The codes that may be answered, each with its highest value."""
    return {
        question.code: question.choices[-1][0] for step in steps(questionnaire) for question in step.questions
    }


def words_of(item: dict[str, str]) -> str:
    """An item in the active language, else in the other one."""
    from django.utils.translation import get_language

    first, second = ("ja", "en") if (get_language() or "").startswith("ja") else ("en", "ja")
    return item.get(first) or item.get(second) or item["key"]


def _dimension(name: str) -> Step:
    expected = [
        Question(
            f"e{item}", _("At a very good business: %(what)s") % {"what": _ASPECTS[item - 1]}, _agreement()
        )
        for item in DIMENSIONS[name]
    ]
    perceived = [
        Question(f"p{item}", _("Here with us: %(what)s") % {"what": _ASPECTS[item - 1]}, _agreement())
        for item in DIMENSIONS[name]
    ]
    pairs = [question for pair in zip(expected, perceived, strict=True) for question in pair]
    return Step(str(DIMENSION_WORDS[name]), [*pairs, Question(f"x:{name}", _how_it_was(), _against())])


def _how_it_was() -> str:
    return _("How was it, compared with what you had expected?")


def _weights() -> Step:
    return Step(
        _("What matters to you"),
        [
            Question(f"w:{name}", _("How important is this to you: %(what)s") % {"what": word}, _matters())
            for name, word in DIMENSION_WORDS.items()
        ],
    )


def _kano(key: str, words: str) -> Step:
    return Step(
        words,
        [
            Question(f"f:{key}", _("How would you feel if we had this?"), _feelings()),
            Question(f"d:{key}", _("How would you feel if we did not have this?"), _feelings()),
        ],
    )


def _ratings(key: str, words: str) -> Step:
    return Step(
        words,
        [
            Question(f"i:{key}", _("How important is this to you?"), _matters()),
            Question(f"p:{key}", _("How well do we do it?"), _scale(_("very badly"), _("very well"))),
        ],
    )


def _agreement() -> list[tuple[int, str]]:
    return _scale(_("not at all"), _("entirely"))


def _matters() -> list[tuple[int, str]]:
    return _scale(_("not important"), _("very important"))


def _against() -> list[tuple[int, str]]:
    return _scale(_("much worse"), _("much better"), _("as expected"))


def _scale(lowest: str, highest: str, middle: str = "") -> list[tuple[int, str]]:
    return [(value, {1: lowest, 4: middle, 7: highest}.get(value, "")) for value in range(1, 8)]


def _feelings() -> list[tuple[int, str]]:
    return [
        (1, _("I would like it")),
        (2, _("It must be so")),
        (3, _("I don't mind")),
        (4, _("I could live with it")),
        (5, _("I would dislike it")),
    ]
