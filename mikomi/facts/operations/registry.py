"""Writing facts: each thing has one fact, each fact one owner and one source; what it said before stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from mikomi.core import clock
from mikomi.core.access import operations as access
from mikomi.core.access.actor import Actor
from mikomi.core.access.models import User
from mikomi.core.access.rules import Permission
from mikomi.core.business.models import Brand, Store
from mikomi.core.events.kinds import Code
from mikomi.core.events.operations import record
from mikomi.facts import events, feeds
from mikomi.facts.models import Contradiction, Fact, FactVersion
from mikomi.facts.records import FactDraft
from mikomi.facts.rules import keys
from mikomi.facts.rules.saying import PLACE
from mikomi.facts.rules.values import KIND_TYPES, Value, Words, WrongValueError, from_json, to_json, type_of

Source = FactVersion.Source
MOST_NAMES = 20


class FactError(ValueError):
    """A fact can't be so. `errors`: by field, a sentence in the writer's language."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = dict(errors)


@transaction.atomic
def save_fact(
    *, actor: Actor, draft: FactDraft, fact_id: int | None = None, source: str = Source.HAND
) -> Fact:
    """Write a fact, new or known by its id; another value, wording or time is a new version.

    Raises `FactError`, `Fact.DoesNotExist`. Kind and key of a fact stay: texts quote them.
    """
    actor.require(Permission.FACTS_EDIT)
    fact = Fact.objects.select_for_update().get(pk=fact_id) if fact_id else None
    value = _value(draft)
    errors = _errors(draft, value, fact)
    if errors or value is None:
        raise FactError(errors)
    row = fact or Fact(created_at=clock.now(), kind=draft.kind)
    _describe(row, draft)
    row.key = fact.key if fact else draft.key.strip() or _key(row)
    _refuse_second(row)
    row.save()
    _add_version(row, draft, value, actor, source)
    access.log(
        "fact.saved",
        actor=actor,
        subject_type="fact",
        subject_id=row.pk,
        detail={"version": row.version_number},
    )
    return row


def _value(draft: FactDraft) -> Value | None:
    try:
        return from_json(draft.value)
    except WrongValueError:
        return None


def _errors(draft: FactDraft, value: Value | None, fact: Fact | None) -> dict[str, str]:
    found = _owner_errors(draft.owner_ids)
    if draft.kind not in KIND_TYPES or (fact and fact.kind != draft.kind):
        return found | {
            "kind": _("The kind of a fact stays, because texts quote it: write another fact instead.")
        }
    if value is None or type_of(value) not in KIND_TYPES[draft.kind]:
        found["value"] = _("This is not a value that such a fact can have.")
    elif fact and fact.feed and value != from_json(_newest(fact).value):
        found["value"] = _("Its value comes from %(feed)s: change it there.") % {
            "feed": feeds.label_of(fact.feed)
        }
    if not draft.label.strip():
        found["label"] = _("Say what it is called.")
    if draft.key.strip() and not (
        keys.is_key(draft.key.strip()) and keys.kind_of(draft.key.strip()) == draft.kind
    ):
        found["key"] = _("A key is “%(kind)s.” and letters, digits, _ or -, such as %(kind)s.main.") % {
            "kind": draft.kind
        }
    if draft.valid_from and draft.valid_until and draft.valid_from >= draft.valid_until:
        found["valid_until"] = _("It would end before it begins.")
    return found | _wording_errors(draft, value) | _scope_errors(draft)


def _owner_errors(owner_ids: Sequence[int]) -> dict[str, str]:
    named = set(owner_ids)
    if len(named) > 1:
        return {"owner": _("A fact has one owner, who answers for it; several were named. Choose one.")}
    if not User.objects.filter(pk__in=named, is_active=True).exists():
        return {"owner": _("A fact needs an owner: somebody of the staff who answers for it.")}
    return {}


def _wording_errors(draft: FactDraft, value: Value | None) -> dict[str, str]:
    known = {code for code, _name in settings.LANGUAGES}
    for language, words in draft.wording.items():
        if language not in known:
            return {"wording": _("There is no language “%(language)s”.") % {"language": language}}
        if words and not isinstance(value, Words) and PLACE not in words:
            return {
                "wording": _(
                    "A wording must contain %(place)s: otherwise the value would be typed a second time."
                )
                % {"place": PLACE}
            }
    return {}


def _scope_errors(draft: FactDraft) -> dict[str, str]:
    if draft.scope not in Fact.Scope.values:
        return {"scope": _("There is no such scope.")}
    if draft.scope == Fact.Scope.BRAND and not Brand.objects.filter(pk=draft.brand_id or 0).exists():
        return {"brand": _("Choose the brand.")}
    if draft.scope == Fact.Scope.STORE and not Store.objects.filter(pk=draft.store_id or 0).exists():
        return {"store": _("Choose the store.")}
    if draft.scope == Fact.Scope.PRODUCT and not draft.product_code.strip():
        return {"product_code": _("Give the product's code.")}
    return {}


def _newest(fact: Fact) -> FactVersion:
    return fact.versions.order_by("-number")[0]


def _describe(row: Fact, draft: FactDraft) -> None:
    Scope = Fact.Scope  # noqa: N806 - an enumeration
    row.label, row.aspect = draft.label.strip()[:200], draft.aspect.strip()[:64]
    row.scope = draft.scope
    row.brand_id = draft.brand_id if draft.scope == Scope.BRAND else None
    row.store_id = draft.store_id if draft.scope == Scope.STORE else None
    row.product_code = draft.product_code.strip()[:128] if draft.scope == Scope.PRODUCT else ""
    row.subject = subject_of(draft.scope, row.brand_id, row.store_id, row.product_code)
    row.names, row.labels = _words(draft.names), _words(draft.labels)
    row.owner_id = draft.owner_ids[0]
    row.review_on = draft.review_on


def subject_of(scope: str, brand_id: int | None, store_id: int | None, product_code: str) -> str:
    """What a fact or a page is about, in one word. A brand is a place like a store: texts name it like one."""
    if scope == Fact.Scope.PRODUCT:
        return f"product:{product_code.strip().casefold()}"
    if scope == Fact.Scope.STORE:
        return f"store:{store_id}"
    return f"store:brand-{brand_id}" if scope == Fact.Scope.BRAND else ""


def _words(given: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(word.strip()[:100] for word in given if word.strip()))[:MOST_NAMES]


def _key(row: Fact) -> str:
    """A key that nobody has chosen: kind, what it is of, which of them. Raises `FactError` where it would be empty."""
    place = row.store.code if row.store else f"brand{row.brand_id}" if row.brand_id else row.product_code
    parts = [keys.fitting(place), keys.fitting(row.aspect)]
    named = [part for part in parts if part] or ["main"]
    key = ".".join([row.kind, *named])
    if not keys.is_key(key) or (place and not parts[0]):
        raise FactError({"key": _("Choose a key of Latin letters and digits, by which texts quote it.")})
    return key


def _refuse_second(row: Fact) -> None:
    """One thing, one fact, one owner."""
    others = Fact.objects.exclude(pk=row.pk or 0).select_related("owner")
    if same := others.filter(key=row.key).first():
        raise FactError({"key": _("The key “%(key)s” is taken.") % {"key": same.key}})
    same = others.filter(kind=row.kind, subject=row.subject, aspect=row.aspect, archived_at=None).first()
    if same:
        sentence = _(
            "This is already a fact, “%(key)s”, and %(owner)s answers for it. A fact has one owner: change it there."
        )
        raise FactError({"owner": sentence % {"key": same.key, "owner": same.owner.name}})


def _add_version(row: Fact, draft: FactDraft, value: Value, actor: Actor, source: str) -> None:
    wording = {language: words.strip() for language, words in draft.wording.items() if words.strip()}
    stored = to_json(value)
    newest = row.versions.order_by("-number").first()
    same = newest and (newest.value, newest.wording, newest.valid_from, newest.valid_until) == (
        stored, wording, draft.valid_from, draft.valid_until,
    )  # fmt: skip
    if same:
        return
    add_version(
        row, stored, actor=actor, source=source, wording=wording, valid_from=draft.valid_from,
        valid_until=draft.valid_until, reason=draft.reason.strip()[:300],
    )  # fmt: skip


def add_version(
    row: Fact, value: dict[str, Any], *, actor: Actor, source: str, **details: Any
) -> FactVersion:
    """Give a fact its next version, with its event. For operations, which have checked."""
    row.version_number += 1
    row.save(update_fields=["version_number"])
    version = FactVersion.objects.create(
        fact=row, number=row.version_number, value=value, recorded_at=clock.now(), actor_id=actor.user_id,
        source=source, **details,
    )  # fmt: skip
    record(events.FactChanged(row.pk, Code(row.kind), row.version_number), actor_id=actor.user_id)
    return version


@transaction.atomic
def archive_fact(*, actor: Actor, fact_id: int) -> Fact:
    """Take a fact out of use: texts can't quote it any more, nothing is compared with it. Raises `FactError`."""
    actor.require(Permission.FACTS_EDIT)
    row = Fact.objects.select_for_update().get(pk=fact_id)
    if row.feed:
        raise FactError(
            {"": _("Its value comes from %(feed)s: change it there.") % {"feed": feeds.label_of(row.feed)}}
        )
    if row.archived_at is None:
        row.archived_at = clock.now()
        row.save(update_fields=["archived_at"])
        against = Contradiction.objects.filter(fact=row, state__in=("open", "ignored"))
        against.update(
            state=Contradiction.State.CLOSED,
            closed_at=clock.now(),
            closed_because="archived",
            changed_at=clock.now(),
        )
        access.log("fact.archived", actor=actor, subject_type="fact", subject_id=row.pk)
    return row


@transaction.atomic
def review_fact(*, actor: Actor, fact_id: int, next_on: date | None) -> Fact:
    """Say that it is still so, and when to look again."""
    actor.require(Permission.FACTS_EDIT)
    row = Fact.objects.select_for_update().get(pk=fact_id)
    row.review_on = next_on
    row.save(update_fields=["review_on"])
    access.log("fact.reviewed", actor=actor, subject_type="fact", subject_id=row.pk)
    return row
