"""What feedback writes to customers, in their language: the question how it went, questionnaires, small surprises."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mikomi.conversations.models import Conversation
from mikomi.conversations.wording import in_language
from mikomi.core.business.queries import business
from mikomi.core.money import Money, format_money
from mikomi.core.names import greeting
from mikomi.customers.models import Customer
from mikomi.customers.naming import name_of
from mikomi.feedback.models import Surprise

_STYLE = "font-family:sans-serif;font-size:15px;line-height:1.7;color:#222"
_BUTTON = (
    "display:inline-block;min-width:44px;padding:10px 4px;margin:2px;border:1px solid #888;border-radius:6px;"
    "text-align:center;text-decoration:none;color:#222"
)
_FACES = {5: "😊", 4: "🙂", 3: "😐", 2: "🙁", 1: "😞"}


@dataclass(frozen=True, slots=True)
class Letter:
    """A question, ready for the outbox."""

    subject: str
    text: str
    html: str


def link(token: str, score: int | None = None) -> str:
    """The page behind the question, with the answer already given where `score` is."""
    page = f"{settings.PUBLIC_URL}/f/{token}"
    return page if score is None else f"{page}?score={score}"


def scores() -> list[tuple[int, str]]:
    """The five answers with their names, the best first, in the active language."""
    return [
        (5, pgettext("answer", "Very satisfied")),
        (4, pgettext("answer", "Satisfied")),
        (3, pgettext("answer", "Neither")),
        (2, pgettext("answer", "Dissatisfied")),
        (1, pgettext("answer", "Very dissatisfied")),
    ]


def csat_letter(conversation: Conversation, token: str) -> Letter:
    """The letter that asks how satisfied the customer is with what we did."""
    with in_language(conversation.language):
        hello = greeting(name_of(conversation.customer), conversation.language)
        words = {"greeting": hello, "business": business().name, "subject": conversation.subject}
        opening = _("%(greeting)s\n\nThank you for contacting %(business)s.") % words
        question = _("How satisfied are you with how we helped you?")
        closing = _("One click is enough. If you write to us by replying, a person will read it.")
        return Letter(
            subject=_("How did we do? One click is enough"),
            text=_text(opening, question, token, closing),
            html=_html(conversation.language, opening, question, token, closing),
        )


def _text(opening: str, question: str, token: str, closing: str) -> str:
    choices = "\n".join(f"{_FACES[score]} {label}\n{link(token, score)}" for score, label in scores())
    return f"{opening}\n\n{question}\n\n{choices}\n\n{closing}\n"


def _html(language: str, opening: str, question: str, token: str, closing: str) -> str:
    choices = "".join(
        f'<a href="{escape(link(token, score))}" style="{_BUTTON}">{_FACES[score]}<br>{escape(label)}</a>'
        for score, label in scores()
    )
    paragraphs = "".join(
        f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in opening.split("\n\n") if part
    )
    return (
        f'<div lang="{escape(language)}" style="{_STYLE}">{paragraphs}<p><b>{escape(question)}</b></p>'
        f"<p>{choices}</p><p>{escape(closing)}</p></div>"
    )


def questionnaire_letter(person: Customer, address: str) -> Letter:
    """The letter that asks for a few minutes: what do you expect of us, and what do you find?"""
    with in_language(person.language):
        words = {"greeting": greeting(name_of(person), person.language), "business": business().name}
        opening = (
            _("%(greeting)s\n\nWe at %(business)s want to know what you expect of us, and what you find.")
            % words
        )
        question = _("May we ask you a few questions?")
        closing = _("You can stop at any time; what you have answered is kept. Nobody outside sees it.")
        return Letter(
            subject=_("What do you expect of us?"),
            text=f"{opening}\n\n{question}\n{address}\n\n{closing}\n",
            html=_linked(person.language, opening, question, address, closing),
        )


def surprise_letter(surprise: Surprise) -> Letter:
    """The words that are offered for a small surprise that is a message; a person changes and releases them."""
    person = surprise.customer
    with in_language(person.language):
        amount = format_money(Money(surprise.cost_minor, business().currency))
        opening = {
            Surprise.Reason.MADE_GOOD: _("We kept you waiting, and you were patient with us. Thank you."),
            Surprise.Reason.FIRST_ORDER: _("Thank you for your first order with us."),
        }.get(Surprise.Reason(surprise.reason), _("Thank you for coming back to us again and again."))
        gift = ""
        if surprise.kind == Surprise.Kind.DISCOUNT:
            gift = _("We take %(amount)s off your next order: just mention this message.") % {
                "amount": amount
            }
        hello = greeting(name_of(person), person.language)
        parts = [
            hello,
            opening,
            gift,
            _("With best wishes from %(business)s") % {"business": business().name},
        ]
        return Letter(
            subject=_("A small thank-you"), text="\n\n".join(part for part in parts if part) + "\n", html=""
        )


def _linked(language: str, opening: str, question: str, address: str, closing: str) -> str:
    paragraphs = "".join(
        f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in opening.split("\n\n") if part
    )
    return (
        f'<div lang="{escape(language)}" style="{_STYLE}">{paragraphs}'
        f'<p><a href="{escape(address)}"><b>{escape(question)}</b></a></p><p>{escape(closing)}</p></div>'
    )
