"""The verbs of shops that call us: connect, change, receive a call, try a failed one again."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.files.operations import store
from mikomi.core.secrets import seal, unseal
from mikomi.core.text import clean_single_line
from mikomi.integrations.models import ShopCall, ShopConnection
from mikomi.integrations.signatures import verify_shopify

LARGEST_CALL = 2 * 1024 * 1024
"""Bytes; an order of Shopify with 500 lines has some 800 kB."""
_logger = logging.getLogger(__name__)


class ShopRefusedError(ValueError):
    """A sentence for the reader; `field` is the control it is about."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


class UnknownShopError(LookupError):
    """No shop calls this address."""


class WrongSignatureError(ValueError):
    """Whoever called doesn't know the secret."""


@transaction.atomic
def save_connection(
    *,
    actor: Actor,
    name: str,
    store_id: int | None = None,
    secret: str = "",
    connection_id: int | None = None,
    is_active: bool = True,
) -> ShopConnection:
    """Connect a shop, or change a connection; an empty secret keeps the present one.

    Raises `NotAllowedError`, `ShopRefusedError`, `DoesNotExist`.
    """
    actor.require(Permission.SETTINGS_MANAGE)
    row = ShopConnection.objects.get(pk=connection_id) if connection_id else ShopConnection()
    row.name = clean_single_line(name, 200)
    if not row.name:
        raise ShopRefusedError(_("Give the shop a name."), "name")
    if secret.strip():
        row.secret = seal(secret.strip())
    if not row.secret:
        raise ShopRefusedError(_("Enter the secret that Shopify shows for its webhooks."), "secret")
    row.token = row.token or secrets.token_urlsafe(18)
    row.store_id, row.is_active = store_id, is_active
    row.save()
    return row


def receive(*, token: str, headers: Mapping[str, str], body: bytes) -> ShopCall:
    """Keep a call of Shopify, once however often it comes; the workers apply it.

    Raises `UnknownShopError`, `WrongSignatureError`: nothing is stored then; `StorageError`.
    """
    shop = ShopConnection.objects.filter(token=token, is_active=True).first()
    if shop is None:
        raise UnknownShopError
    if not verify_shopify(unseal(shop.secret), headers, body):
        _logger.warning("shop_call_refused", extra={"connection": shop.pk, "size": len(body)})
        raise WrongSignatureError
    lowered = {name.lower(): value for name, value in headers.items()}
    topic = clean_single_line(lowered.get("x-shopify-topic", ""), 64)
    external_id = clean_single_line(lowered.get("x-shopify-webhook-id", ""), 128)
    if not external_id:
        external_id = hashlib.sha256(topic.encode() + b"\n" + body).hexdigest()
    known = ShopCall.objects.filter(connection=shop, external_id=external_id).first()
    return known or _keep(shop, topic, external_id, body)


def _keep(shop: ShopConnection, topic: str, external_id: str, body: bytes) -> ShopCall:
    file, now = store(body, "application/json"), clock.now()
    try:
        with transaction.atomic():
            call = ShopCall.objects.create(
                connection=shop, topic=topic, external_id=external_id, raw=file, received_at=now
            )
            ShopConnection.objects.filter(pk=shop.pk).update(last_received_at=now)
    except IntegrityError:
        return ShopCall.objects.get(connection=shop, external_id=external_id)
    return call


@transaction.atomic
def retry_call(*, actor: Actor, call_id: int) -> None:
    """Let a failed call be applied again. Nothing happens to one that has not failed."""
    actor.require(Permission.SETTINGS_MANAGE)
    failed = ShopCall.objects.filter(pk=call_id, state=ShopCall.State.FAILED)
    failed.update(state=ShopCall.State.RECEIVED, attempts=0, next_attempt_at=None, reason="")
