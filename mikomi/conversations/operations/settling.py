"""What the business decides for its desk: templates, response standards, how long it waits."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypedDict

from django.db import transaction
from django.utils.translation import gettext as _

from mikomi.conversations import own_texts, rules, templating
from mikomi.conversations.models import Conversation, DeskPolicy, ResponseStandard, Template
from mikomi.conversations.queries.rendering import KNOWN
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.facts import operations as facts
from mikomi.facts.queries import FactUnavailableError, refuse_unknown

_DEFAULTS = Path(__file__).resolve().parent.parent / "defaults"
LANGUAGES = ("ja", "en")


class TemplateRefusedError(ValueError):
    """The template can't be read; the text says where and why."""


class _Shipped(TypedDict):
    title: str
    subject: str
    text: str


@transaction.atomic
def save_template(*, actor: Actor, key: str, language: str, title: str, subject: str, text: str) -> Template:
    """Save a template, new or known by its key and language. Raises `TemplateRefusedError`."""
    actor.require(Permission.TEMPLATES_EDIT)
    if not key.strip() or not title.strip() or not text.strip():
        raise TemplateRefusedError(_("A template needs a key, a title and a text."))
    for part in (subject, text):
        _refuse_unreadable(part)
    _refuse_facts(subject, text)
    found, _created = Template.objects.update_or_create(
        key=key.strip(),
        language=language,
        defaults={"title": title.strip(), "subject": subject.strip(), "text": text, "is_archived": False},
    )
    facts.check_own_texts(own_texts.NAME)
    return found


def _refuse_facts(*texts: str) -> None:
    """A template quotes only facts that there are and that have not expired."""
    try:
        refuse_unknown(*texts)
    except FactUnavailableError as error:
        raise TemplateRefusedError(str(error)) from error


def _refuse_unreadable(source: str) -> None:
    try:
        templating.parse(source, KNOWN)
    except templating.TemplateError as error:
        raise TemplateRefusedError(_explained(error)) from error


def _explained(error: templating.TemplateError) -> str:
    sentences = {
        "unknown_field": _("Line %(line)s: there is no field “%(detail)s”."),
        "unknown_tag": _("Line %(line)s: “%(detail)s” is not understood; use if, elif, else and endif."),
        "unclosed": _("Line %(line)s: “%(detail)s” has no end."),
        "unexpected": _("Line %(line)s: “%(detail)s” has no beginning."),
        "too_deep": _("Line %(line)s: too many conditions inside each other."),
    }
    return sentences[error.code] % {"line": error.line, "detail": error.detail}


@transaction.atomic
def archive_template(*, actor: Actor, template_id: int, archived: bool = True) -> Template:
    """Take a template out of use, or bring it back. Raises `Template.DoesNotExist`."""
    actor.require(Permission.TEMPLATES_EDIT)
    found = Template.objects.get(pk=template_id)
    found.is_archived = archived
    found.save(update_fields=["is_archived"])
    facts.check_own_texts(own_texts.NAME)
    return found


@transaction.atomic
def set_standards(*, actor: Actor, standards: Sequence[rules.Standard]) -> list[ResponseStandard]:
    """Replace the response standards. There is always a general one. Raises `ValueError`."""
    actor.require(Permission.SETTINGS_MANAGE)
    keys = [(item.channel, item.severity) for item in standards]
    if ("", "") not in keys or len(set(keys)) != len(keys):
        raise ValueError(_("One general standard is needed, and one at most for each channel and severity."))
    for item in standards:
        if item.unit not in ResponseStandard.Unit.values or item.amount < 1:
            raise ValueError(_("A standard needs a time longer than nothing."))
        if item.severity and item.severity not in Conversation.Severity.values:
            raise ValueError(_("There is no such severity."))
    ResponseStandard.objects.all().delete()
    return ResponseStandard.objects.bulk_create([_standard(item) for item in standards])


def _standard(item: rules.Standard) -> ResponseStandard:
    return ResponseStandard(channel=item.channel, severity=item.severity, amount=item.amount, unit=item.unit)


@transaction.atomic
def set_policy(
    *,
    actor: Actor,
    confirmation_wait_days: int,
    question_every_days: int,
    question_after_minutes: int = 30,
) -> DeskPolicy:
    """Say how long a recovery waits for the customer's word, how often and how soon a customer is asked how it
    went."""
    actor.require(Permission.SETTINGS_MANAGE)
    found = DeskPolicy.objects.select_for_update().order_by("id").first() or DeskPolicy()
    found.confirmation_wait_days = confirmation_wait_days
    found.question_every_days = question_every_days
    found.question_after_minutes = question_after_minutes
    found.save()
    return found


MOST_UNDO_SECONDS = 60


@transaction.atomic
def set_undo_seconds(*, actor: Actor, seconds: int) -> DeskPolicy:
    """Say how long an answer can be taken back before it leaves; 0: not at all. Raises `ValueError`."""
    actor.require(Permission.SETTINGS_MANAGE)
    if not 0 <= seconds <= MOST_UNDO_SECONDS:
        raise ValueError(_("Choose 0 to %(most)s seconds.") % {"most": MOST_UNDO_SECONDS})
    found = DeskPolicy.objects.select_for_update().order_by("id").first() or DeskPolicy()
    found.undo_seconds = seconds
    found.save()
    return found


@transaction.atomic
def ensure_defaults() -> None:
    """Give a new business its templates and response standards; what is there stays as it is."""
    known = set(Template.objects.values_list("key", "language"))
    Template.objects.bulk_create(
        [row for row in _shipped_templates() if (row.key, row.language) not in known]
    )
    if not ResponseStandard.objects.exists():
        ResponseStandard.objects.bulk_create([_standard(item) for item in rules.DEFAULT_STANDARDS])


def _shipped_templates() -> Iterator[Template]:
    for language in LANGUAGES:
        data: dict[str, _Shipped] = tomllib.loads(
            (_DEFAULTS / f"templates.{language}.toml").read_text("utf-8")
        )
        for key, part in data.items():
            yield Template(
                key=key,
                language=language,
                title=part["title"],
                subject=part["subject"],
                text=part["text"].strip() + "\n",
            )
