"""What may be done with outgoing webhooks."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from mikomi.core import bulk, clock
from mikomi.core.access import operations as access
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.events import operations as events
from mikomi.core.events import outside
from mikomi.core.events.kinds import all_kinds
from mikomi.core.events.models import Delivery, Event
from mikomi.core.secrets import SealError, seal
from mikomi.integrations.webhooks import rules, sending
from mikomi.integrations.webhooks.models import Attempt, Endpoint

KEEP_ATTEMPTS = timedelta(days=30)
_PORTION = 500
"""Rows per transaction, so that the write lock is held for a moment only."""


class WebhookError(ValueError):
    """An endpoint or a wish that can't be; the text is for the reader."""


@transaction.atomic
def create_endpoint(
    *, actor: Actor, url: str, kinds: Sequence[str], description: str = ""
) -> tuple[Endpoint, str]:
    """Add an endpoint. Returns it with its secret, which is shown this once only. Raises `WebhookError`."""
    actor.require(Permission.WEBHOOKS_MANAGE)
    secret = _new_secret()
    endpoint = Endpoint.objects.create(
        url=_checked_url(url),
        description=description.strip(),
        kinds=_checked_kinds(kinds),
        secret=seal(secret),
        created_at=clock.now(),
    )
    _log("webhook.created", actor, endpoint.pk, {"kinds": endpoint.kinds})
    return endpoint, secret


@transaction.atomic
def change_endpoint(
    *, actor: Actor, endpoint_id: int, url: str, kinds: Sequence[str], description: str, is_active: bool
) -> Endpoint:
    """Change an endpoint, or switch it on again. Raises `WebhookError`, `Endpoint.DoesNotExist`."""
    actor.require(Permission.WEBHOOKS_MANAGE)
    endpoint = Endpoint.objects.select_for_update().get(pk=endpoint_id)
    endpoint.url, endpoint.kinds = _checked_url(url), _checked_kinds(kinds)
    endpoint.description, endpoint.is_active = description.strip(), is_active
    if is_active:
        endpoint.failing_since, endpoint.disabled_reason = None, ""
        outside.wake(endpoint.consumer)
    endpoint.save()
    _log("webhook.changed", actor, endpoint.pk, {"kinds": endpoint.kinds, "active": is_active})
    return endpoint


@transaction.atomic
def rotate_secret(*, actor: Actor, endpoint_id: int) -> str:
    """A new secret, shown this once only. The old one signs as well for a day."""
    actor.require(Permission.WEBHOOKS_MANAGE)
    endpoint = Endpoint.objects.select_for_update().get(pk=endpoint_id)
    secret = _new_secret()
    endpoint.previous_secret, endpoint.previous_until = (
        endpoint.secret,
        clock.now() + rules.OLD_SECRET_SIGNS_FOR,
    )
    endpoint.secret = seal(secret)
    endpoint.save()
    _log("webhook.secret_rotated", actor, endpoint.pk, {})
    return secret


def delete_endpoint(*, actor: Actor, endpoint_id: int) -> None:
    """Delete an endpoint with its log; what still waited for it is skipped."""
    actor.require(Permission.WEBHOOKS_MANAGE)
    endpoint = Endpoint.objects.get(pk=endpoint_id)
    consumer = endpoint.consumer
    with transaction.atomic():
        endpoint.delete()
        _log("webhook.deleted", actor, endpoint_id, {})
    states = (Delivery.State.WAITING, Delivery.State.FAILED)
    left = Delivery.objects.filter(consumer=consumer, state__in=states).order_by("id")
    while ids := list(left.values_list("pk", flat=True)[:_PORTION]):
        Delivery.objects.filter(pk__in=ids, state__in=states).update(
            state=Delivery.State.SKIPPED, done_at=clock.now(), error="The endpoint was deleted."
        )


def send_test(*, actor: Actor, endpoint_id: int) -> Attempt:
    """Call the endpoint now with a test message, even if it is switched off. Returns what came of it.

    Takes up to ten seconds, so it holds no transaction. Raises `WebhookError`.
    """
    actor.require(Permission.WEBHOOKS_MANAGE)
    endpoint = Endpoint.objects.get(pk=endpoint_id)
    try:
        attempt, _wait = sending.call(endpoint, sending.message_for_test(endpoint))
    except SealError as error:
        raise WebhookError(_("The endpoint's secret can't be read any more: make a new one.")) from error
    _log("webhook.tested", actor, endpoint.pk, {"status": attempt.status})
    return attempt


@transaction.atomic
def retry(*, actor: Actor, delivery_id: int) -> Delivery:
    """Send a failed delivery again now. Raises `WebhookError`."""
    actor.require(Permission.WEBHOOKS_MANAGE)
    delivery = Delivery.objects.select_related("event").get(pk=delivery_id, consumer__startswith="webhook:")
    if not events.requeue([delivery_id]):
        raise WebhookError(_("Only what has failed or was stopped can be tried again."))
    outside.wake(delivery.consumer)
    access.log("delivery.retried", actor=actor, subject_type="delivery", subject_id=delivery_id)
    delivery.refresh_from_db()
    return delivery


def replay(
    *, actor: Actor, endpoint_id: int, event_ids: Collection[int] = (), since: datetime | None = None
) -> int:
    """Send these events (or all recorded since then) again, also those that arrived. Returns how many.

    Only events of the kinds the endpoint wants, and never imported history. Each goes out with the `webhook-id`
    it had, so that a receiver that has it already can tell. Raises `WebhookError` for a wish that names nothing.
    """
    actor.require(Permission.WEBHOOKS_MANAGE)
    endpoint = Endpoint.objects.get(pk=endpoint_id)
    if not event_ids and since is None:
        raise WebhookError(_("Say which events, or since when."))
    if not endpoint.is_active:
        raise WebhookError(_("Switch the endpoint on first."))
    wanted = _wanted_events(endpoint, event_ids, since)
    count, last = 0, 0
    while ids := list(wanted.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:_PORTION]):
        _queue(endpoint.consumer, ids)
        count, last = count + len(ids), ids[-1]
    outside.wake(endpoint.consumer)
    _log("webhook.replayed", actor, endpoint.pk, {"count": count})
    return count


def _wanted_events(endpoint: Endpoint, event_ids: Collection[int], since: datetime | None) -> QuerySet[Event]:
    wanted = Event.objects.filter(backfill=False)
    if rules.EVERYTHING not in endpoint.kinds:
        wanted = wanted.filter(kind__in=endpoint.kinds)
    if event_ids:
        wanted = wanted.filter(pk__in=event_ids)
    return wanted.filter(recorded_at__gte=since) if since else wanted


@transaction.atomic
def _queue(consumer: str, event_ids: Sequence[int]) -> None:
    there = Delivery.objects.filter(consumer=consumer, event_id__in=event_ids)
    events.requeue(list(there.values_list("pk", flat=True)), also_done=True)
    missing = set(event_ids) - set(there.values_list("event_id", flat=True))
    now = clock.now()
    Delivery.objects.bulk_create(
        [Delivery(event_id=pk, consumer=consumer, is_outside=True, due_at=now) for pk in sorted(missing)],
        ignore_conflicts=True,
    )


def prune_attempts() -> int:
    """Delete the log of attempts older than a month. Returns how many."""
    return bulk.delete_in_portions(Attempt.objects.filter(at__lt=clock.now() - KEEP_ATTEMPTS).order_by("at"))


def _new_secret() -> str:
    """32 random bytes in the form of the Standard Webhooks."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def _checked_url(url: str) -> str:
    url = url.strip()
    try:
        rules.check_url(url, allow_private=settings.ALLOW_PRIVATE_WEBHOOKS)
    except rules.WrongAddressError as error:
        raise WebhookError(_sentence(error.code)) from error
    if len(url) > 500:
        raise WebhookError(_("The address is longer than 500 characters."))
    return url


def _sentence(code: str) -> str:
    return {
        "scheme": _("The address must begin with https://."),
        "host": _("This is not a valid address."),
        "port": _("This is not a valid address."),
        "credentials": _("The address must not contain a user name or a password."),
        "fragment": _("The address must not contain a # part."),
        "private": _("This address lies in a private network; webhooks go to public addresses only."),
    }[code]


def _checked_kinds(kinds: Sequence[str]) -> list[str]:
    known = {kind.name for kind in all_kinds()} | {rules.EVERYTHING}
    if not kinds or set(kinds) - known:
        raise WebhookError(_("Choose at least one kind of event from the list."))
    return [rules.EVERYTHING] if rules.EVERYTHING in kinds else sorted(set(kinds))


def _log(action: str, actor: Actor, endpoint_id: int, detail: dict[str, object]) -> None:
    access.log(action, actor=actor, subject_type="endpoint", subject_id=endpoint_id, detail=detail)
