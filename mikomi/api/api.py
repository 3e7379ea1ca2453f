"""The API: versioned by its address, described by OpenAPI at `/api/v1/openapi.json` and `/api/v1/docs`."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import get_script_prefix
from ninja import NinjaAPI
from ninja.openapi import schema as openapi
from ninja.schema import NinjaGenerateJsonSchema
from pydantic.json_schema import CoreModeRef, DefsRef

from mikomi import __version__
from mikomi.api import problems
from mikomi.api.auth import Token
from mikomi.api.idempotency import AnsweredError
from mikomi.api.routers import (
    arrivals,
    business,
    claims,
    conversations,
    customers,
    events,
    expectations,
    facts,
    feedback,
    imports,
    mailboxes,
    orders,
    outgoing,
    promises,
    quotes,
    recoveries,
    segments,
    surprises,
    webhooks,
)

BASE = "api/v1/"


class _Names(NinjaGenerateJsonSchema):
    """Classes that stand in others by their whole name in the document: there is more than one `State`."""

    def get_defs_ref(self, core_mode_ref: CoreModeRef) -> DefsRef:
        ref = super().get_defs_ref(core_mode_ref)
        path = core_mode_ref[0].rpartition(":")[0]
        classes = [part for part in path.split(".") if part[:1].isupper()]
        if len(classes) > 1 and "[" not in path:
            self._prioritized_defsref_choices[ref] = [DefsRef("".join(classes)), ref]
        return ref


# ninja takes no other generator; without it the last `State` would describe them all.
openapi.NinjaGenerateJsonSchema = _Names  # type: ignore[attr-defined]


class Api(NinjaAPI):
    """Describes problems as problem+json and the rights that each operation needs."""

    _document: Any = None

    def get_openapi_schema(self, **options: Any) -> Any:
        """The document, as programs read it; made once, since that takes a second or two."""
        if self._document is None:
            self._document = self._describe(**options)
        return self._document

    def get_root_path(self, path_params: Any) -> str:
        """Where the operations are; the house's addresses don't name them (see `mikomi.api.urls`)."""
        return get_script_prefix() + BASE

    def _describe(self, **options: Any) -> Any:
        schema = super().get_openapi_schema(**options)
        for operations in schema["paths"].values():
            for operation in operations.values():
                _describe(operation)
        return schema


def _describe(operation: dict[str, Any]) -> None:
    operation["security"] = [way for way in operation["security"] if way["Token"]]
    for status, response in operation["responses"].items():
        content = response.get("content", {})
        if int(status) >= 400 and "application/json" in content:
            response["content"] = {"application/problem+json": content["application/json"]}


def _answered_before(request: HttpRequest, error: Any) -> HttpResponse:
    response: HttpResponse = error.response
    return response


api = Api(
    title="Mikomi",
    version="1",
    description=f"Everything that the pages of Mikomi {__version__} do, for programs. Errors are problem+json.",
    auth=Token(),
    urls_namespace="api-v1",
    docs_url=None,
)
problems.install(api)
api.add_exception_handler(AnsweredError, _answered_before)
FAMILIES = (
    customers, segments, conversations, recoveries, promises, quotes, claims, outgoing, mailboxes, arrivals,
    orders, imports, feedback, expectations, surprises, business, webhooks, events, facts,
)  # fmt: skip
for family in FAMILIES:
    api.add_router("", family.router.router)
