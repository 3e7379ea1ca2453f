"""The words of a letter to a customer: templates filled in, in the customer's language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import override

from mikomi.conversations import fields, templating
from mikomi.conversations.models import Conversation
from mikomi.conversations.queries.cases import template
from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.business.queries import business, zone
from mikomi.core.letter_dates import letter_day, letter_moment
from mikomi.core.names import address_name, greeting
from mikomi.customers.naming import name_of

KNOWN = frozenset(fields.FIELDS)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A template filled in. `unfilled`: the places that a person still has to fill in."""

    subject: str
    text: str
    unfilled: list[str]


@contextmanager
def in_language(language: str) -> Iterator[None]:
    """Speak a customer's language, or English where we don't speak it."""
    spoken = {code for code, _name in settings.LANGUAGES}
    base = language.partition("-")[0].lower()
    with override(base if base in spoken else "en"):
        yield


def values_of(conversation: Conversation, actor: Actor) -> dict[str, str]:
    """What the desk itself knows for a template about this conversation."""
    language, place = conversation.language, zone()
    name = name_of(conversation.customer)
    due = conversation.answer_due_at
    return {
        "customer.greeting": greeting(name, language),
        "customer.name": address_name(name, language),
        "business.name": business().name,
        "agent.name": "" if actor.is_system else actor.name,
        "conversation.subject": conversation.subject,
        "today": letter_day(clock.now().astimezone(place).date(), language),
        "answer.due": letter_moment(due, place, language) if due else "",
    }


def fill(
    *, key: str, conversation: Conversation, actor: Actor, values: Mapping[str, str] | None = None
) -> Rendered:
    """A template for this conversation, in its language; `values` adds what the caller knows.

    Raises `Template.DoesNotExist`, `ValueError` for a value whose field isn't known.
    """
    if unknown := set(values or ()) - KNOWN:
        raise ValueError(f"Unknown template fields: {', '.join(sorted(unknown))}.")
    found = template(key=key, language=conversation.language)
    labels = fields.labels(found.language)
    known = values_of(conversation, actor) | dict(values or {})
    subject = templating.render(templating.parse(found.subject, KNOWN), known, labels)
    text = templating.render(templating.parse(found.text, KNOWN), known, labels).strip()
    places = templating.unfilled(f"{subject}\n{text}", labels)
    return Rendered(" ".join(subject.split()), text, places)


def solved_question(conversation: Conversation, actor: Actor, link: str) -> str:
    """The business's words that ask whether it is solved."""
    return fill(key="solved", conversation=conversation, actor=actor, values={"link.confirm": link}).text
