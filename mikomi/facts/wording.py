"""The words for what a check came to, and for what is said of a value on our own pages."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

OUTCOMES = {
    "finished": _("Everything was read."),
    "page_cap": _(
        "It ended at the most pages that are read of this place. Raise the number if pages are missing."
    ),
    "time": _(
        "It ended after the longest time that a check may take. What was read counts; the rest comes next time."
    ),
    "stopped": _("Somebody stopped it. What was read counts."),
    "unreachable": _("The first page could not be read, so nothing was compared."),
    "robots": _("The site's robots.txt asks programs not to read this address, so nothing was read."),
}
"""Why a check ended."""

PROBLEMS = {
    "no_address": _("There is no such host."),
    "forbidden": _("It leads into a private network and is not read."),
    "timeout": _("It took too long to answer."),
    "tls": _("Its certificate is not valid."),
    "protocol": _("What came back was not HTTP."),
    "connection": _("It could not be reached."),
    "redirects": _("It leads from one address to the next without end."),
    "redirect_out": _("It leads to another site."),
    "robots": _("robots.txt asks programs not to read it."),
    "robots_gone": _("Its robots.txt could not be read, so nothing is read until it can be."),
    "not_text": _("It is no page that can be read."),
    "too_large": _("It is longer than what is read of a page; the beginning was compared."),
    "gone": _("It is no longer there."),
    "refused": _("The server refuses to give it."),
    "server": _("The server reports a fault of its own."),
    "table": _("It is no table that can be read."),
    "json": _("It is no JSON list of products."),
    "columns": _("It has no column for the product's code beside one for price or stock."),
    "empty": _("It holds no rows."),
}
"""Why a page could not be read, or not wholly."""

BECAUSE = {
    "agrees": pgettext_lazy("contradiction", "it agrees again"),
    "gone": pgettext_lazy("contradiction", "the place is gone"),
    "archived": pgettext_lazy("contradiction", "it is no longer watched"),
}


def remarks(counted: Mapping[str, int]) -> list[str]:
    """What a check left out, each in a sentence."""
    return [_remark(code, number) for code, number in sorted(counted.items()) if number]


def _remark(code: str, number: int) -> str:
    sentences = {
        "calendar": ngettext(
            "%(n)s page of a calendar was left out: a calendar has no last page.",
            "%(n)s pages of a calendar were left out: a calendar has no last page.",
            number,
        ),
        "queries": ngettext(
            "%(n)s address that differs in its query only was left out.",
            "%(n)s addresses that differ in their query only were left out.",
            number,
        ),
        "path": ngettext(
            "%(n)s address that goes round in a circle was left out.",
            "%(n)s addresses that go round in a circle were left out.",
            number,
        ),
        "page_cap": ngettext(
            "%(n)s page was left out because the most pages were reached.",
            "%(n)s pages were left out because the most pages were reached.",
            number,
        ),
        "depth": ngettext(
            "%(n)s link was not followed: it lies too deep.",
            "%(n)s links were not followed: they lie too deep.",
            number,
        ),
        "robots": ngettext(
            "%(n)s page was not read because robots.txt asks so.",
            "%(n)s pages were not read because robots.txt asks so.",
            number,
        ),
        "same": ngettext(
            "%(n)s page says word for word what another one says; its links were not followed.",
            "%(n)s pages say word for word what others say; their links were not followed.",
            number,
        ),
        "failed": ngettext("%(n)s page could not be read.", "%(n)s pages could not be read.", number),
    }
    return sentences.get(code, "%(n)s " + code) % {"n": number}
