"""Idempotency keys: a POST that carries one is done once, however often it is sent.

The call and the record of its answer are one transaction: after a crash either both are there or neither. Only
successful answers are kept, sealed and for two days; a refused call may be mended and sent again under the same key.
A repeated call takes the way of every call up to the question who calls and with what rights (`auth.Token`); only
there the kept answer is given instead of doing it again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from datetime import timedelta

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _

from mikomi.api.models import IdempotentCall
from mikomi.api.problem import problem
from mikomi.core import bulk, clock
from mikomi.core.secrets import SealError, seal, unseal

KEEP = timedelta(hours=48)
"""How long a key is known. After that its answer, which may name people, is gone."""
HEADER = "Idempotency-Key"
# These hold no transaction around the work: what is handed in is kept before it is read and known again by the
# caller's own id; a quarantined arrival is read once however often that is asked for; a test is made as often.
BY_THEMSELVES = re.compile(r"/api/v1/(messages|arrivals/[^/]+/retry|(webhooks|mailboxes)/[^/]+/test)")
LONGEST_KEY = 200
Handler = Callable[[HttpRequest], HttpResponse]


class AnsweredError(Exception):
    """The call was done before; `response` is what its caller gets, now that they may have it."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__()
        self.response = response


def refuse_repeated(request: HttpRequest) -> None:
    """Raise `AnsweredError` for a call that was done before. Asked once it is known that the caller may make it."""
    earlier: HttpResponse | None = getattr(request, "earlier_answer", None)
    if earlier is not None:
        raise AnsweredError(earlier)


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
        except (MultiPartParserError, SuspiciousOperation, BadRequest):
            return problem(400, "bad-request", _("This could not be understood"))

    return middleware


def _once(request: HttpRequest, key: str, get_response: Handler) -> HttpResponse:
    caller = hashlib.sha256(request.headers.get("Authorization", "").encode()).hexdigest()
    digest = _digest(request)
    calls = IdempotentCall.objects.filter(caller=caller, key=key)
    earlier = calls.first()
    if earlier is not None:
        request.earlier_answer = _again(earlier, digest)  # type: ignore[attr-defined]
        return get_response(request)
    try:
        return _do(request, caller, key, digest, get_response)
    except IntegrityError:  # the same call arrived twice at the same time; the other one won
        earlier = calls.first()
        if earlier is None:
            raise
        return _again(earlier, digest)  # who calls was asked in `_do`


def _do(request: HttpRequest, caller: str, key: str, digest: str, get_response: Handler) -> HttpResponse:
    with transaction.atomic():
        response = get_response(request)
        if response.status_code >= 300:
            transaction.set_rollback(True)
            return response
        IdempotentCall.objects.create(
            caller=caller, key=key, request_hash=digest, status=response.status_code,
            body=seal(response.content.decode()), at=clock.now(),
        )  # fmt: skip
    return response


def _again(earlier: IdempotentCall, digest: str) -> HttpResponse:
    if earlier.request_hash != digest:
        return problem(422, "idempotency-key-reused", _("This idempotency key was used for another call"))
    try:
        body = unseal(earlier.body)
    except SealError:
        return problem(409, "answer-lost", _("This was done before, but its answer can't be read any more"))
    response = HttpResponse(body, status=earlier.status, content_type="application/json")
    response["Idempotent-Replayed"] = "true"
    return response


def _digest(request: HttpRequest) -> str:
    """What tells one call from another: its address and what it says. Not the bytes of a form: each sending draws
    another boundary between its parts."""
    is_form = (request.content_type or "").startswith("multipart/")
    digest = hashlib.sha256(b"POST\0" + request.get_full_path().encode())
    for part in _said_in_form(request) if is_form else [request.body]:
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


def _said_in_form(request: HttpRequest) -> Iterator[bytes]:
    """The fields of a form and the contents of its files, piece by piece: large files lie on the disk."""
    for name, values in sorted(request.POST.lists()):
        yield repr((name, values)).encode()
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            yield repr((name, file.name)).encode()
            yield from file.chunks()
            file.seek(0)


def prune() -> int:
    """Forget the keys, and with them the answers, of two days ago. How many."""
    return bulk.delete_in_portions(IdempotentCall.objects.filter(at__lt=clock.now() - KEEP).order_by("at"))
