"""Whatever is sent, the API answers with what it says it answers, and never with a fault."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, cast

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from mikomi.api.api import api
from mikomi.api.tests.program import ROOT, Program
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.customers.models import Customer

CHECKS = (not_a_server_error, content_type_conformance, response_schema_conformance)
CALLS_OUT = "/test"
"""Ends the address of the call that reaches out to somebody else's server: it has tests of its own."""


@pytest.fixture
def key(owner: Actor, customer: Customer) -> str:
    return Program(owner).key


@pytest.mark.django_db(transaction=True)  # so that what is only refused at the commit is seen
def test_no_call_makes_a_fault(key: str) -> None:
    schema = schemathesis.openapi.from_wsgi(f"{ROOT}/openapi.json", WSGIHandler())
    operations = [cast(Any, found).ok() for found in schema.get_all_operations()]

    for operation in operations:
        if not operation.path.endswith(CALLS_OUT):
            _try(operation, key)

    assert len(operations) > 90


@pytest.mark.django_db(transaction=True)
def test_no_call_with_what_the_document_forbids_makes_a_fault(key: str) -> None:
    schema = schemathesis.openapi.from_wsgi(f"{ROOT}/openapi.json", WSGIHandler())
    tried = 0
    for found in schema.get_all_operations():
        operation = cast(Any, found).ok()
        if operation.path.endswith(CALLS_OUT):
            continue
        with suppress(Unsatisfiable):  # nothing can be said wrongly to a call that takes nothing
            _try(operation, key, GenerationMode.NEGATIVE, (not_a_server_error, content_type_conformance))
            tried += 1
    assert tried > 60


def _try(
    operation: Any, key: str, mode: GenerationMode = GenerationMode.POSITIVE, checks: Any = CHECKS
) -> None:
    """A few calls with values that the document allows, or forbids; the same ones each time."""

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=8,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def call(case: Any) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {key}"}, checks=checks)

    call()


def test_no_two_shapes_share_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    known: dict[str, Any] = {}

    def add(document: OpenAPISchema, definitions: dict[str, Any]) -> None:
        for name, definition in definitions.items():
            assert known.setdefault(name, definition) == definition, name

    monkeypatch.setattr(OpenAPISchema, "add_schema_definitions", add)
    NinjaAPI.get_openapi_schema(api)
    assert "IntakeState" in known
    assert "State" not in known


def test_every_operation_declares_the_rights_it_needs() -> None:
    rights = {right.value for right in Permission}
    for path, operations in api.get_openapi_schema()["paths"].items():
        for method, operation in operations.items():
            ways = operation["security"]
            assert ways, f"{method} {path}"
            assert all(way["Token"] and set(way["Token"]) <= rights for way in ways), f"{method} {path}"
