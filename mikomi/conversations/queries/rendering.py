"""Templates filled in for one conversation, in its language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mikomi.conversations import fields, templating
from mikomi.conversations.models import Conversation
from mikomi.conversations.queries.cases import template
from mikomi.conversations.queries.desk import conversation as visible_conversation
from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.business.queries import business, zone
from mikomi.core.letter_dates import letter_day, letter_moment
from mikomi.core.names import address_name, greeting
from mikomi.customers.naming import name_of
from mikomi.facts.queries import said
from mikomi.facts.rules import keys

KNOWN = frozenset(fields.FIELDS) | {templating.FACTS}


@dataclass(frozen=True, slots=True)
class Rendered:
    """A template filled in. `unfilled`: the places that a person still has to fill in."""

    subject: str
    text: str
    unfilled: list[str]


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
    known = values_of(conversation, actor) | dict(values or {})
    return fill_text(key=key, language=conversation.language, values=known)


def fill_text(*, key: str, language: str, values: Mapping[str, str]) -> Rendered:
    """A template in this language from nothing but these values and the facts. Raises as `fill` does."""
    if unknown := set(values) - KNOWN:
        raise ValueError(f"Unknown template fields: {', '.join(sorted(unknown))}.")
    found = template(key=key, language=language)
    quoted = said(keys.quoted(f"{found.subject}\n{found.text}"), found.language)
    labels = dict(fields.labels(found.language)) | _gaps(quoted.problems)
    known = dict(values) | _fields(quoted.texts)
    subject = templating.render(templating.parse(found.subject, KNOWN), known, labels)
    text = templating.render(templating.parse(found.text, KNOWN), known, labels).strip()
    places = templating.unfilled(f"{subject}\n{text}", labels)
    return Rendered(" ".join(subject.split()), text, places)


def _fields(by_key: Mapping[str, str]) -> dict[str, str]:
    """What facts say, by the names of their fields."""
    return {f"{keys.PREFIX}{key}": text for key, text in by_key.items()}


def _gaps(problems: Mapping[str, str]) -> dict[str, str]:
    """A fact that can't be said shows as 【fact.KEY: why】, and such a text is not sent."""
    return {f"{keys.PREFIX}{key}": f"{keys.PREFIX}{key}: {why}" for key, why in problems.items()}


def solved_question(conversation: Conversation, actor: Actor, link: str) -> str:
    """The business's words that ask whether it is solved."""
    return fill(key="solved", conversation=conversation, actor=actor, values={"link.confirm": link}).text


def render_template(
    *, actor: Actor, key: str, conversation_id: int, values: Mapping[str, str] | None = None
) -> Rendered:
    """A template in the customer's language, for the composer; what nobody knows yet shows as 【its label】.

    Raises `Conversation.DoesNotExist`, `Template.DoesNotExist`.
    """
    found = visible_conversation(actor=actor, conversation_id=conversation_id)
    return fill(key=key, conversation=found, actor=actor, values=values)
