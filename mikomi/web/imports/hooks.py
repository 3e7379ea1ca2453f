"""Where shops call us. The answer comes as soon as the call is kept; what it says is applied by the workers."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from mikomi.core.files.operations import StorageError
from mikomi.core.secrets import SealError
from mikomi.core.text import whole_number
from mikomi.integrations.shopify import operations

_logger = logging.getLogger(__name__)


@csrf_exempt  # signed by the shop instead
@require_POST
def shopify(request: HttpRequest, token: str) -> HttpResponse:
    """200 kept (also a repeat) · 401 wrong signature · 404 no such shop · 413 too large · 503 can't be kept now."""
    body = _body(request)
    if body is None:
        _logger.warning("shop_call_too_large", extra={"size": request.META.get("CONTENT_LENGTH")})
        return _answer(413, f"More than {operations.LARGEST_CALL} bytes.")
    try:
        operations.receive(token=token, headers=request.headers, body=body)
    except operations.UnknownShopError:
        return _answer(404, "No shop calls this address.")
    except operations.WrongSignatureError:
        return _answer(401, "The signature is wrong.")
    except (StorageError, SealError):
        _logger.exception("a shop's call can't be kept")
        return _answer(503, "Try again later.")
    return _answer(200, "ok")


def _body(request: HttpRequest) -> bytes | None:
    """The raw body; none if it is larger than a call may be."""
    stated = whole_number(request.META.get("CONTENT_LENGTH") or "0")
    if stated is None or stated > operations.LARGEST_CALL:
        return None
    body = request.read(operations.LARGEST_CALL + 1)
    return body if len(body) <= operations.LARGEST_CALL else None


def _answer(status: int, text: str) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
