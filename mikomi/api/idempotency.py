"""Idempotency keys: a POST that carries one is done once, however often it is sent.

The call and the record of its answer are one transaction: after a crash either both are there or neither. Only
successful answers are kept; a refused call may be mended and sent again under the same key.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from mikomi.api.models import IdempotentCall
from mikomi.api.problem import problem
from mikomi.core import clock

HEADER = "Idempotency-Key"
# These hold no transaction around the work: what is handed in is kept before it is read and known again by the
# caller's own id; a quarantined arrival is read once however often that is asked for; a test is made as often.
BY_THEMSELVES = re.compile(r"/api/v1/(messages|arrivals/[^/]+/retry|(webhooks|mailboxes)/[^/]+/test)")
LONGEST_KEY = 200
Handler = Callable[[HttpRequest], HttpResponse]


def idempotency(get_response: Handler) -> Handler:
    """Middleware; does nothing outside the API and without the header."""

    def middleware(request: HttpRequest) -> HttpResponse:
        key = request.headers.get(HEADER, "")
        if request.method != "POST" or not key or not request.path.startswith("/api/"):
            return get_response(request)
        if BY_THEMSELVES.fullmatch(request.path):
            return get_response(request)
        if len(key) > LONGEST_KEY or not key.isprintable():
            return problem(
                400, "idempotency-key", _("The idempotency key is too long or has unprintable characters")
            )
        try:
            return _once(request, key, get_response)
        except RequestDataTooBig:
            return problem(413, "too-large", _("That was too much at once"))

    return middleware


def _once(request: HttpRequest, key: str, get_response: Handler) -> HttpResponse:
    caller = hashlib.sha256(request.headers.get("Authorization", "").encode()).hexdigest()
    digest = _digest(request)
    earlier = IdempotentCall.objects.filter(caller=caller, key=key).first()
    if earlier is None:
        try:
            return _do(request, caller, key, digest, get_response)
        except IntegrityError:  # the same call arrived twice at the same time; the other one won
            earlier = IdempotentCall.objects.filter(caller=caller, key=key).first()
            if earlier is None:
                raise
    return _again(earlier, digest)


def _do(request: HttpRequest, caller: str, key: str, digest: str, get_response: Handler) -> HttpResponse:
    with transaction.atomic():
        response = get_response(request)
        if response.status_code >= 300:
            transaction.set_rollback(True)
            return response
        IdempotentCall.objects.create(
            caller=caller, key=key, request_hash=digest, status=response.status_code,
            body=response.content.decode(), at=clock.now(),
        )  # fmt: skip
    return response


def _again(earlier: IdempotentCall, digest: str) -> HttpResponse:
    if earlier.request_hash != digest:
        return problem(422, "idempotency-key-reused", _("This idempotency key was used for another call"))
    response = HttpResponse(earlier.body, status=earlier.status, content_type="application/json")
    response["Idempotent-Replayed"] = "true"
    return response


def _digest(request: HttpRequest) -> str:
    """Files are told apart by their length: they are streamed, not held in memory."""
    multipart = (request.content_type or "").startswith("multipart/")
    body = request.headers.get("Content-Length", "").encode() if multipart else request.body
    return hashlib.sha256(b"\0".join([b"POST", request.get_full_path().encode(), body])).hexdigest()
