"""What is sent for an event, and what follows from the answer. At least once: `webhook-id` tells repeats."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from mikomi.core import clock
from mikomi.core.access import operations as access
from mikomi.core.events.consumers import GiveUpError, TryLaterError
from mikomi.core.events.models import Delivery, Event
from mikomi.core.secrets import unseal
from mikomi.integrations.signatures import sign_standard
from mikomi.integrations.webhooks import client, rules
from mikomi.integrations.webhooks.models import Attempt, Endpoint

TEST_KIND = "webhook.test"


@dataclass(frozen=True, slots=True)
class Message:
    """What is posted. `id` stays the same for an event and an endpoint, however often it is sent."""

    id: str
    body: bytes
    event_id: int | None = None
    delivery_id: int | None = None


def message_for(delivery: Delivery, endpoint: Endpoint) -> Message:
    """The message that tells this endpoint of this event."""
    event = delivery.event
    return Message(f"evt_{event.pk}_{endpoint.pk}", _body(event), event.pk, delivery.pk)


def _body(event: Event) -> bytes:
    """Ids, figures and codes only, as in the event: who wants names asks the API."""
    data: dict[str, Any] = {"event_id": event.pk, "customer_id": event.customer_id, **event.payload}
    return _json(event.kind, event.occurred_at, data)


def _json(kind: str, moment: datetime, data: dict[str, Any]) -> bytes:
    message = {"type": kind, "timestamp": moment.isoformat(timespec="milliseconds"), "data": data}
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


def message_for_test(endpoint: Endpoint) -> Message:
    """A message that means nothing, to try the address and the signature."""
    body = _json(TEST_KIND, clock.now(), {"endpoint_id": endpoint.pk})
    return Message(f"test_{secrets.token_hex(8)}", body)


def deliver(delivery: Delivery) -> None:
    """Tell an endpoint of an event. Raises `TryLaterError` to be called again, `GiveUpError` if that can't help."""
    endpoint = Endpoint.objects.filter(pk=int(delivery.consumer.partition(":")[2])).first()
    if endpoint is None:
        raise GiveUpError("The endpoint was deleted.")
    if not endpoint.is_active:
        raise GiveUpError("The endpoint is switched off.")
    attempt, wait = call(endpoint, message_for(delivery, endpoint))
    if not attempt.reason:
        _note_success(endpoint)
        return
    _note_failure(endpoint, attempt)
    text = f"{attempt.status or ''} {attempt.reason} {attempt.error}".strip()
    if attempt.reason == Attempt.Reason.GONE:
        raise GiveUpError(text)
    raise TryLaterError(text, wait)


def call(endpoint: Endpoint, message: Message) -> tuple[Attempt, timedelta]:
    """Post a message and log the attempt. Returns it and how long the other side asks to wait."""
    now, started = clock.now(), clock.monotonic()
    status, reason, error, wait = None, "", "", timedelta(0)
    try:
        reply = client.post(
            endpoint.url,
            _headers(endpoint, message, now),
            message.body,
            allow_private=settings.ALLOW_PRIVATE_WEBHOOKS,
        )
    except client.CallFailedError as failure:
        reason, error = failure.reason, failure.detail
    else:
        status, reason = reply.status, _reason_of(reply.status)
        error = reply.excerpt if reason else ""
        wait = rules.wait_asked_for(reply.retry_after, now) if reason else wait
    attempt = Attempt.objects.create(
        endpoint=endpoint,
        event_id=message.event_id,
        delivery_id=message.delivery_id,
        at=now,
        duration_ms=round((clock.monotonic() - started) * 1000),
        status=status,
        reason=reason,
        error=error[:300],
    )
    return attempt, wait


def _reason_of(status: int) -> str:
    if 200 <= status < 300:
        return ""
    if status == 410:
        return Attempt.Reason.GONE.value
    return (Attempt.Reason.REDIRECT if 300 <= status < 400 else Attempt.Reason.ANSWER).value


def _headers(endpoint: Endpoint, message: Message, now: datetime) -> dict[str, str]:
    """Standard Webhooks 1.0; during a rotation both secrets sign, so that the receiver may change when it likes."""
    moment = int(now.timestamp())
    keys = [endpoint.secret]
    if endpoint.previous_secret and endpoint.previous_until and now < endpoint.previous_until:
        keys.append(endpoint.previous_secret)
    signatures = [sign_standard(unseal(key), message.id, moment, message.body) for key in keys]
    return {
        "Content-Type": "application/json",
        "User-Agent": "Mikomi-Webhooks/1",
        "webhook-id": message.id,
        "webhook-timestamp": str(moment),
        "webhook-signature": " ".join(signatures),
    }


def _note_success(endpoint: Endpoint) -> None:
    if endpoint.failing_since is not None:
        Endpoint.objects.filter(pk=endpoint.pk).update(failing_since=None)


def _note_failure(endpoint: Endpoint, attempt: Attempt) -> None:
    """Remember since when it fails; switch it off when that is long ago or it says that it is gone."""
    if endpoint.failing_since is None:
        Endpoint.objects.filter(pk=endpoint.pk, failing_since=None).update(failing_since=attempt.at)
    gone = attempt.reason == Attempt.Reason.GONE
    since = endpoint.failing_since or attempt.at
    if gone or attempt.at - since >= rules.SWITCH_OFF_AFTER:
        _switch_off(endpoint, "gone" if gone else "failing")


@transaction.atomic
def _switch_off(endpoint: Endpoint, reason: str) -> None:
    active = Endpoint.objects.filter(pk=endpoint.pk, is_active=True)
    if active.update(is_active=False, disabled_reason=reason):
        access.log(
            "webhook.switched_off", subject_type="endpoint", subject_id=endpoint.pk, detail={"reason": reason}
        )
