"""Errors as problem+json (RFC 9457): type, title, status, detail, and the fields that are wrong."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import (
    BadRequest,
    ObjectDoesNotExist,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from mikomi.api.problem import problem
from mikomi.channels.api import MessageRefusedError
from mikomi.channels.operations import SettingsRefusedError
from mikomi.commerce.operations import MilestoneError, ProductError
from mikomi.core.access.operations import AbsenceError
from mikomi.core.files.queries import FileMissingError
from mikomi.core.paging import InvalidCursorError
from mikomi.customers.operations import (
    InvalidSegmentError,
    UnknownSourceError,
    WrongConsentError,
    WrongIdentityError,
    WrongProfileError,
)
from mikomi.facts.operations import FactError, TouchpointError
from mikomi.facts.queries import FactUnavailableError
from mikomi.promises.operations import KeeperError, PromiseError

logger = logging.getLogger(__name__)


def is_refusal(error: Exception) -> bool:
    """Whether the error is one of our own refusals in words: a `ValueError` class that one of our modules declares."""
    return isinstance(error, ValueError) and type(error).__module__.startswith("mikomi.")


# Something that was given can't be used; every other refusal says that the thing itself can't do it now.
_UNUSABLE = (
    FactError,
    FactUnavailableError,
    InvalidCursorError,
    InvalidSegmentError,
    MessageRefusedError,
    MilestoneError,
    ProductError,
    KeeperError,
    AbsenceError,
    PromiseError,
    SettingsRefusedError,
    TouchpointError,
    UnknownSourceError,
    WrongConsentError,
    WrongIdentityError,
    WrongProfileError,
)

_KNOWN: tuple[tuple[type[Exception], int, str, Any], ...] = (
    (AuthenticationError, 401, "unauthenticated", gettext_lazy("A valid token is needed")),
    (PermissionDenied, 403, "forbidden", gettext_lazy("You may not do this")),
    (Http404, 404, "not-found", gettext_lazy("Nothing is here")),
    (ObjectDoesNotExist, 404, "not-found", gettext_lazy("Nothing is here")),
    (FileMissingError, 404, "not-found", gettext_lazy("Nothing is here")),
    (RequestDataTooBig, 413, "too-large", gettext_lazy("That was too much at once")),
    (BadRequest, 400, "bad-request", gettext_lazy("This could not be understood")),
    (SuspiciousOperation, 400, "bad-request", gettext_lazy("This could not be understood")),
    (DataError, 400, "bad-request", gettext_lazy("This could not be understood")),
    (OverflowError, 400, "bad-request", gettext_lazy("This could not be understood")),
)


def answer(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    """The problem for any error; what nobody expected is logged and answered with 500."""
    assert isinstance(error, Exception)
    if isinstance(error, ValidationError):
        return problem(422, "invalid", _("Some values are not usable"), errors=_fields(error))
    if isinstance(error, HttpError):
        return problem(error.status_code, "refused", str(error))
    if is_refusal(error):
        return _refusal(error)
    for kind, status, code, title in _KNOWN:
        if isinstance(error, kind):
            return problem(status, code, str(title), str(error) if status == 403 else "")
    logger.exception("api_fault", exc_info=error, extra={"path": request.path})
    return problem(500, "fault", _("Something went wrong"))


def _refusal(error: Exception) -> HttpResponse:
    if not isinstance(error, _UNUSABLE):
        return problem(409, _code_of(error), _("This can't be done"), str(error))
    fields = getattr(error, "errors", None)
    if not isinstance(fields, dict):
        fields = {error.field: str(error)} if hasattr(error, "field") else {}
    wrong = [{"field": field, "code": "refused", "text": text} for field, text in fields.items()]
    return problem(422, _code_of(error), _("Some values are not usable"), str(error), wrong)


def _code_of(error: Exception) -> str:
    """`TooMuchError` → `too-much`."""
    name = type(error).__name__.removesuffix("Error")
    return "".join(f"-{char.lower()}" if char.isupper() else char for char in name).lstrip("-")


def _fields(error: ValidationError) -> list[dict[str, Any]]:
    return [
        {
            "field": ".".join(str(part) for part in one.get("loc", ())[1:]),
            "code": one.get("type"),
            "text": one.get("msg"),
        }
        for one in error.errors
    ]


def install(api: NinjaAPI) -> None:
    """Let the API answer every error by `answer`."""
    expected = (
        AuthenticationError, ValidationError, HttpError, Http404, ObjectDoesNotExist, PermissionDenied,
        BadRequest, SuspiciousOperation, RequestDataTooBig, DataError, OverflowError, ValueError, Exception,
    )  # fmt: skip
    for kind in expected:
        api.add_exception_handler(kind, answer)
