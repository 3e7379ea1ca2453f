"""The Jinja2 environment of our pages (named in settings): escaping, translation, globals and filters.

Filters that speak of time read `business_tz` and `now` from the page's context (see `mikomi.web.context`).
A macro that uses them is imported `with context`; without it they raise instead of guessing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext, npgettext, pgettext
from jinja2 import Environment, StrictUndefined, Undefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from mikomi.core import names
from mikomi.core.money import Money, format_money
from mikomi.core.names import PersonName
from mikomi.facts.queries import quote_public
from mikomi.web import dates, figures, mail_words, marks, measures, words
from mikomi.web.icons import icon

WITHOUT_CONTEXT = "%s is not in the context: import the macros `with context`"


def environment(**options: Any) -> Environment:
    """Build the environment from the options of Django's Jinja2 backend.

    Names that a page was not given are errors (`StrictUndefined`), not empty strings.
    """
    options |= {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    env = Environment(**options, extensions=["jinja2.ext.i18n", "jinja2.ext.do"])  # noqa: S701 - the backend sets autoescape
    env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    env.policies["ext.i18n.trimmed"] = True
    env.globals |= {
        "static": static,
        "url": url,
        "icon": icon,
        "words": words,
        "mail_words": mail_words,
        "time_left": time_left,
        "avatar": marks.avatar,
        "channel": marks.channel,
        "line_points": figures.line_points,
        "place": figures.place,
    }
    env.filters |= {
        "when": when,
        "day": day,
        "clock": clock,
        "exactly": exactly,
        "month": dates.month_name,
        "weekday": dates.weekday_name,
        "until": until,
        "span": dates.say_span,
        "money": money,
        "number": figures.say_number,
        "percent": figures.say_percent,
        "initials": figures.initials,
        "tone": figures.tone,
        "full_name": marks.full_name,
        "addressed": addressed,
        "kana": kana,
        "attributes": attributes,
        "with_facts": with_facts,
        "measure_words": measures.measure_words,
        "reading_words": measures.reading_words,
    }
    return env


@lru_cache(maxsize=4096)
def url(name: str, *args: object, **kwargs: object) -> str:
    """The address of the named view: `url("customer", pk=7)`. Lists ask for the same ones again and again."""
    return reverse(name, args=args or None, kwargs=kwargs or None)


def _zone(context: Context) -> tzinfo:
    zone = context.get("business_tz")
    if not isinstance(zone, tzinfo):
        raise LookupError(WITHOUT_CONTEXT % "business_tz")
    return zone


def _now(context: Context) -> datetime:
    now = context.get("now")
    if not isinstance(now, datetime):
        raise LookupError(WITHOUT_CONTEXT % "now")
    return now


@pass_context
def when(context: Context, moment: datetime, *, with_time: bool = False) -> Markup:
    """`<time>` with the moment as people say it; the exact one on hover."""
    zone = _zone(context)
    return marks.time_tag(moment, zone, dates.say_when(moment, _now(context), zone, with_time=with_time))


@pass_context
def day(context: Context, value: date) -> Markup:
    """`<time>` with a day (a date, or the day of a moment in the business's zone)."""
    zone = _zone(context)
    local = value.astimezone(zone).date() if isinstance(value, datetime) else value
    spoken = dates.day_name(local, _now(context).astimezone(zone).date())
    return Markup(f'<time datetime="{local.isoformat()}">{escape(spoken)}</time>')  # noqa: S704 - escaped


@pass_context
def clock(context: Context, moment: datetime) -> Markup:
    """`<time>` with the time of day only; the exact moment on hover."""
    zone = _zone(context)
    return marks.time_tag(moment, zone, dates.clock_time(moment, zone))


@pass_context
def exactly(context: Context, moment: datetime) -> str:
    """The full moment as text."""
    return dates.say_exactly(moment, _zone(context))


@pass_context
def until(context: Context, due: datetime) -> Markup:
    """`<time>` with what remains until `due`, or by how much it is over."""
    return marks.time_tag(due, _zone(context), dates.say_time_left(due, _now(context)))


@pass_context
def time_left(context: Context, due: datetime, total: timedelta, width: str = "") -> Markup:
    """What remains of the span `total` that ends at `due`: words and the thin bar."""
    return marks.time_left_mark(due, _now(context), _zone(context), total, width)


def money(value: Money | int, currency: str | None = None) -> str:
    """Money as text: `Money`, or an integer of the minor unit of `currency`, which is then required."""
    if isinstance(value, Money):
        return format_money(value)
    if currency is None:
        raise TypeError("an integer is money only with its currency: amount|money(currency)")
    return format_money(Money(value, currency))


def addressed(name: PersonName | str) -> str:
    """A person's name with the honorific that the language of the page wants."""
    return name if isinstance(name, str) else names.address_name(name, get_language() or "")


def kana(name: PersonName | str) -> str:
    """The kana reading of a name; empty where none is known."""
    return "" if isinstance(name, str) else names.reading(name)


def with_facts(text: str) -> str:
    """A text of the business on a public page: its facts said in the reader's language."""
    return quote_public(text, language=get_language() or "")


@lru_cache(maxsize=512)
def _attribute(name: str) -> Markup:
    """The attribute of a keyword argument."""
    return escape(name.rstrip("_").replace("_", "-"))


def attributes(values: Mapping[str, object]) -> Markup:
    """HTML attributes from the keyword arguments of a macro: `data_key="r"` → ` data-key="r"`.

    True gives the bare name; False, None and undefined give nothing. A trailing underscore is dropped (`class_`).
    """
    shown = []
    for name, value in values.items():
        if value is None or value is False or isinstance(value, Undefined):
            continue
        key = _attribute(name)
        shown.append(f" {key}" if value is True else f' {key}="{escape(value)}"')
    return Markup("".join(shown))  # noqa: S704 - escaped
