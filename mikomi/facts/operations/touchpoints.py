"""The places that are watched."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from mikomi.core import clock
from mikomi.core.access import operations as access
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.business.models import Brand, Store
from mikomi.facts.models import Check, Contradiction, Touchpoint
from mikomi.facts.records import TouchpointDraft
from mikomi.facts.rules import urls

MOST_PAGES, DEEPEST, LONGEST_PERIOD = 2_000, 10, 24 * 31


class TouchpointError(ValueError):
    """A touchpoint can't be so. `errors`: by field, a sentence."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = dict(errors)


@transaction.atomic
def save_touchpoint(*, actor: Actor, draft: TouchpointDraft, touchpoint_id: int | None = None) -> Touchpoint:
    """Add a place to be watched or change one; it is looked at soon after. Raises `TouchpointError`."""
    actor.require(Permission.FACTS_EDIT)
    url, errors = _checked(draft)
    if errors:
        raise TouchpointError(errors)
    row = Touchpoint.objects.select_for_update().get(pk=touchpoint_id) if touchpoint_id else None
    row = row or Touchpoint(created_at=clock.now())
    row.label, row.kind, row.url = draft.label.strip()[:200], draft.kind, url
    row.brand_id, row.store_id, row.product_code = (
        draft.brand_id,
        draft.store_id,
        draft.product_code.strip()[:128],
    )
    row.every_hours, row.max_pages, row.max_depth = draft.every_hours, draft.max_pages, draft.max_depth
    row.is_active = draft.is_active
    row.next_check_at = clock.now() if draft.is_active else None
    row.save()
    access.log("touchpoint.saved", actor=actor, subject_type="touchpoint", subject_id=row.pk)
    return row


def _checked(draft: TouchpointDraft) -> tuple[str, dict[str, str]]:
    errors: dict[str, str] = {}
    url = ""
    try:
        url = urls.checked(draft.url, allow_private=settings.ALLOW_PRIVATE_PAGES)
    except urls.WrongUrlError as error:
        errors["url"] = _url_sentence(error.code)
    if not draft.label.strip():
        errors["label"] = _("Say what it is called.")
    if draft.kind not in Touchpoint.Kind.values:
        errors["kind"] = _("There is no such kind of place.")
    if draft.store_id and not Store.objects.filter(pk=draft.store_id).exists():
        errors["store"] = _("Choose the store.")
    if draft.brand_id and not Brand.objects.filter(pk=draft.brand_id).exists():
        errors["brand"] = _("Choose the brand.")
    bounds = {"every_hours": LONGEST_PERIOD, "max_pages": MOST_PAGES, "max_depth": DEEPEST}
    for name, most in bounds.items():
        if not (0 if name == "max_depth" else 1) <= getattr(draft, name) <= most:
            errors[name] = _("At most %(most)s.") % {"most": most}
    return url, errors


def _url_sentence(code: str) -> str:
    sentences = {
        "scheme": _("Only http and https addresses can be read."),
        "credentials": _("An address with a name and password in it is not stored."),
        "private": _("This address lies in a private network. Only public pages are read."),
        "long": _("The address is too long."),
    }
    return sentences.get(code, _("This is not the address of a page."))


@transaction.atomic
def archive_touchpoint(*, actor: Actor, touchpoint_id: int) -> Touchpoint:
    """Watch a place no longer; its contradictions are settled with it."""
    actor.require(Permission.FACTS_EDIT)
    row = Touchpoint.objects.select_for_update().get(pk=touchpoint_id)
    now = clock.now()
    row.archived_at, row.is_active, row.next_check_at = now, False, None
    row.save()
    Check.objects.filter(touchpoint=row, state=Check.State.RUNNING).update(
        state=Check.State.STOPPED, finished_at=now
    )
    Contradiction.objects.filter(touchpoint=row, state__in=("open", "ignored")).update(
        state=Contradiction.State.CLOSED, closed_at=now, closed_because="archived", changed_at=now
    )
    access.log("touchpoint.archived", actor=actor, subject_type="touchpoint", subject_id=row.pk)
    return row
