"""The marks of the product as tags and filters of Django's templates, for `benchmarks.templates` alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.template import Context
from markupsafe import Markup

from mikomi.web import dates, figures, marks, words
from mikomi.web.icons import icon

register = template.Library()
register.simple_tag(marks.avatar, name="avatar")
register.filter("full_name", marks.full_name)
register.filter("say_number", figures.say_number)


@register.simple_tag
def channel(value: str) -> Markup:
    """The icon of a channel."""
    return marks.channel(value, word=False)


@register.simple_tag
def severity(value: str) -> Markup:
    """A severity as a plain chip."""
    sign = words.SEVERITIES[value]
    tone = f' data-tone="{sign.tone}"' if sign.tone else ""
    return Markup(f'<span class="chip"{tone} data-plain>{icon(sign.icon, 14)}{sign.word}</span>')


@register.simple_tag(takes_context=True)
def when(context: Context, moment: datetime) -> Markup:
    """A moment as people say it."""
    zone: Any = context["business_tz"]
    return marks.time_tag(moment, zone, dates.say_when(moment, context["now"], zone, with_time=False))


@register.simple_tag(takes_context=True)
def time_left(context: Context, due: datetime, total: timedelta) -> Markup:
    """What remains until a moment."""
    return marks.time_left_mark(due, context["now"], context["business_tz"], total)
