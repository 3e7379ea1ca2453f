"""A key for doing things once: who is given the first answer again, what is kept of it, and how long."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django.fixtures import Settings

from mikomi.api import idempotency
from mikomi.api.models import IdempotentCall
from mikomi.api.tests.program import ROOT, Program
from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.models import ApiToken
from mikomi.core.work import registry
from mikomi.customers.models import Customer, Note
from mikomi.integrations.models import ImportJob
from mikomi.integrations.webhooks.models import Endpoint

pytestmark = pytest.mark.django_db
HOOK = {"url": "https://other.example/hook", "kinds": ["*"]}


@pytest.fixture
def program(owner: Actor) -> Program:
    return Program(owner)


def revoke() -> None:
    ApiToken.objects.update(revoked_at=clock.now())


def expire() -> None:
    ApiToken.objects.update(expires_at=clock.now() - timedelta(minutes=1))


def narrow() -> None:
    ApiToken.objects.update(scopes=["customers.view"])


@pytest.mark.parametrize(("lose", "status"), [(revoke, 401), (expire, 401), (narrow, 403)])
def test_who_may_not_make_the_call_is_not_given_its_answer(
    program: Program, customer: Customer, lose: Callable[[], None], status: int
) -> None:
    path, body = f"/customers/{customer.pk}/notes", {"text": "内緒の話"}
    program.ok("post", path, body, Idempotency_Key="k")

    lose()
    refused = program.post(path, body, Idempotency_Key="k")

    assert refused.status_code == status
    assert "内緒" not in refused.content.decode()
    assert Note.objects.count() == 1


def test_a_secret_is_given_again_and_lies_nowhere_in_clear(program: Program) -> None:
    made = program.ok("post", "/webhooks", HOOK, Idempotency_Key="hook")
    assert program.ok("post", "/webhooks", HOOK, Idempotency_Key="hook") == made
    turn = f"/webhooks/{made['endpoint']['id']}/secret"
    turned = program.ok("post", turn, Idempotency_Key="turn")
    assert program.ok("post", turn, Idempotency_Key="turn") == turned

    assert made["secret"].startswith("whsec_")
    assert turned["secret"] != made["secret"]
    assert Endpoint.objects.count() == 1
    assert not any("whsec_" in body for body in IdempotentCall.objects.values_list("body", flat=True))


def test_an_answer_that_can_not_be_read_any_more_is_said_and_nothing_done_again(
    program: Program, settings: Settings
) -> None:
    program.ok("post", "/webhooks", HOOK, Idempotency_Key="hook")
    IdempotentCall.objects.update(body='{"from": "another key"}')

    again = program.post("/webhooks", HOOK, Idempotency_Key="hook")

    assert (again.status_code, again.json()["type"]) == (409, "urn:mikomi:problem:answer-lost")
    assert Endpoint.objects.count() == 1


def test_answers_are_forgotten_after_two_days(program: Program, customer: Customer) -> None:
    path = f"/customers/{customer.pk}/notes"
    program.ok("post", path, {"text": "x"}, Idempotency_Key="k")
    now = clock.now()

    with clock.frozen(now + timedelta(hours=47)):
        assert idempotency.prune() == 0
    with clock.frozen(now + timedelta(hours=49)):
        assert idempotency.prune() == 1

    program.ok("post", path, {"text": "x"}, Idempotency_Key="k")
    assert Note.objects.count() == 2
    assert "api.prune_keys" in [item.name for item in registry.schedules()]


class TestFiles:
    """A form says the same whatever boundary its sender drew; another content is another call."""

    DATA = b"Email,First Name\na@b.example,Anna\n"

    def upload(self, program: Program, data: bytes, boundary: str = "b1", **fields: str) -> Any:
        name = SimpleUploadedFile("people.csv", data).name
        lines = [f'name="{field}"\r\n\r\n{value}'.encode() for field, value in fields.items()]
        lines.append(f'name="file"; filename="{name}"\r\nContent-Type: text/csv\r\n\r\n'.encode() + data)
        parts = [
            b"--%s\r\nContent-Disposition: form-data; %s\r\n" % (boundary.encode(), one) for one in lines
        ]
        return program.client.post(
            f"{ROOT}/imports", b"".join(parts) + b"--%s--\r\n" % boundary.encode(),
            content_type=f"multipart/form-data; boundary={boundary}", headers={"Idempotency-Key": "file"},
        )  # fmt: skip

    def test_the_same_file_again_is_one_import(self, program: Program) -> None:
        first = self.upload(program, self.DATA)
        again = self.upload(program, self.DATA, boundary="another-boundary")
        assert (first.status_code, again.status_code) == (201, 201), again.content
        assert first.json() == again.json()
        assert ImportJob.objects.get().file.size == len(self.DATA)

    @pytest.mark.parametrize(
        ("data", "fields"),
        [
            (DATA.replace(b"Anna", b"Hana"), {}),
            (DATA, {"content": "customers"}),
        ],
    )
    def test_another_file_of_the_same_length_is_refused(
        self, program: Program, data: bytes, fields: dict[str, str]
    ) -> None:
        self.upload(program, self.DATA)
        assert self.upload(program, data, **fields).status_code == 422
        assert ImportJob.objects.count() == 1

    def test_a_large_file_is_compared_to_its_last_byte(self, program: Program) -> None:
        large = self.DATA + b"x" * 3_000_000
        assert self.upload(program, large).status_code == 201
        assert self.upload(program, large).status_code == 201
        assert self.upload(program, large[:-1] + b"y").status_code == 422
        assert ImportJob.objects.get().file.size == len(large)

    def test_a_broken_form_is_refused_in_words(self, program: Program) -> None:
        broken = program.client.post(
            f"{ROOT}/imports", b"nothing of a form",
            content_type="multipart/form-data", headers={"Idempotency-Key": "file"},
        )  # fmt: skip
        assert (broken.status_code, broken["Content-Type"]) == (400, "application/problem+json")
