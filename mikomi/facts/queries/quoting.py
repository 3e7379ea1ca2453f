"""Facts in texts: `{{ fact.price.G1 }}` in the reader's language, or a sentence that says why it can't be said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import override

from mikomi.core.business.queries import zone
from mikomi.facts.models import Fact, FactVersion
from mikomi.facts.queries.registry import row_of
from mikomi.facts.rules import keys, versions
from mikomi.facts.rules.saying import spoken


class FactUnavailableError(ValueError):
    """A text quotes facts that can't be said: there is none of that name, or it has expired. The text says which."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = dict(problems)


@dataclass(frozen=True, slots=True)
class Said:
    """What facts say, by key, and for the others a sentence that tells why they can't be said."""

    texts: Mapping[str, str]
    problems: Mapping[str, str]


def said(wanted: Iterable[str], language: str) -> Said:
    """What these facts say to a reader of the language; problems are in the language that is active. Two queries."""
    names = list(dict.fromkeys(wanted))
    history = Prefetch("versions", FactVersion.objects.order_by("number"))
    found = (
        {one.key: one for one in Fact.objects.filter(key__in=names).prefetch_related(history)}
        if names
        else {}
    )
    texts, problems = {}, {}
    for key in names:
        row = row_of(found[key]) if key in found else None
        if row is not None and row.version is not None:
            texts[key] = row.said(language)
        else:
            problems[key] = _problem(key, row.state if row else versions.UNKNOWN, found.get(key))
    return Said(texts, problems)


def _problem(key: str, state: str, fact: Fact | None) -> str:
    """Why a fact can't be said, in a sentence."""
    if state == versions.EXPIRED and fact is not None:
        ended = max((one.valid_until for one in fact.versions.all() if one.valid_until), default=None)
        when = f"{ended.astimezone(zone()):%Y-%m-%d}" if ended else ""
        return _("The fact “%(key)s” expired on %(when)s: its owner must renew it.") % {
            "key": key,
            "when": when,
        }
    sentences = {
        versions.NOT_YET: _("The fact “%(key)s” is not valid yet."),
        versions.ARCHIVED: _("The fact “%(key)s” is no longer in use."),
    }
    return sentences.get(state, _("There is no fact “%(key)s”.")) % {"key": key}


def quote(text: str, *, language: str) -> str:
    """The text with its facts said in the reader's language: for notices and public pages.

    Raises `FactUnavailableError`: a text is never sent or shown with a hole in it.
    """
    wanted = keys.quoted(text)
    if not wanted:
        return text
    found = said(wanted, language)
    if found.problems:
        raise FactUnavailableError(found.problems)
    return keys.replace_quotes(text, lambda key: found.texts[key])


def quote_public(text: str, *, language: str) -> str:
    """The same for a page that must be shown: instead of a fact that can't be said the reader is asked to ask.

    The check of our own texts reports such a page to the owner (`broken_quote`).
    """
    found = said(keys.quoted(text), language)
    with override(spoken(language)):
        asked = _("please ask us")
    return keys.replace_quotes(text, lambda key: found.texts.get(key, asked))


def refuse_unknown(*texts: str) -> None:
    """Raise `FactUnavailableError` if one of the texts quotes what can't be said: called when a text is saved."""
    found = said([key for text in texts for key in keys.quoted(text)], "en")
    if found.problems:
        raise FactUnavailableError(found.problems)


def quotable(language: str) -> dict[str, str]:
    """Every fact that can be quoted now with what it says: for those who write templates. Two queries."""
    history = Prefetch("versions", FactVersion.objects.order_by("number"))
    rows = [row_of(one) for one in Fact.objects.filter(archived_at=None).prefetch_related(history)[:500]]
    return {
        f"{keys.PREFIX}{row.fact.key}": f"{row.fact.label}: {row.said(language)}"
        for row in rows
        if row.version
    }
