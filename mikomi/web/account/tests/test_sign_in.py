"""Signing in: password, second factor, limits, and what the log remembers."""

from __future__ import annotations

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from mikomi.core.access.models import AccessLog, User
from mikomi.core.access.rules import Role
from tests.cast import make_user

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough password"


@pytest.fixture
def aiko(business: object) -> User:
    return make_user("aiko", Role.AGENT, password=PASSWORD)


def sign_in(client: Client, password: str = PASSWORD, email: str = "Aiko@shop.example"):  # type: ignore[no-untyped-def]
    return client.post("/accounts/login/", {"login": email, "password": password})


def actions() -> list[str]:
    return list(AccessLog.objects.order_by("id").values_list("action", flat=True))


def test_the_right_password_lets_in_and_is_logged(client: Client, aiko: User) -> None:
    answer = sign_in(client)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(aiko.pk)
    assert actions() == ["signed_in"]


def test_a_wrong_password_says_so_beside_the_form_and_is_logged(client: Client, aiko: User) -> None:
    answer = sign_in(client, "wrong")
    assert answer.status_code == 200
    assert "_auth_user_id" not in client.session
    assert actions() == ["sign_in_failed"]


def test_guessing_is_stopped_after_a_few_tries_even_with_the_right_password(
    client: Client, aiko: User
) -> None:
    for _ in range(5):
        sign_in(client, "wrong")
    sign_in(client)
    assert "_auth_user_id" not in client.session


def test_somebody_who_has_left_cannot_sign_in(client: Client, aiko: User) -> None:
    User.objects.update(is_active=False)
    sign_in(client)
    assert "_auth_user_id" not in client.session


def test_the_second_factor_is_asked_for_and_its_secret_is_sealed(client: Client, aiko: User) -> None:
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(aiko, secret)
    assert secret not in str(Authenticator.objects.get().data)

    assert sign_in(client)["Location"] == "/accounts/2fa/authenticate/"
    assert "_auth_user_id" not in client.session
    assert client.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200

    code = totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time()))))
    answer = client.post("/accounts/2fa/authenticate/", {"code": code})
    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(aiko.pk)


def test_whoever_has_set_a_new_password_may_switch_the_second_factor_on(client: Client, aiko: User) -> None:
    key = default_token_generator.make_token(aiko)
    client.get(f"/accounts/password/reset/key/{user_pk_to_url_str(aiko)}-{key}/")
    sign_in(client)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert client.get("/accounts/2fa/totp/activate/").status_code == 200


@pytest.mark.parametrize("path", ["signup/", "email/", "confirm-email/x/"])
def test_nobody_signs_up_by_themselves(client: Client, business: object, path: str) -> None:
    assert client.get(f"/accounts/{path}").status_code == 404


def test_every_page_of_signing_in_speaks_both_languages(client: Client, aiko: User) -> None:
    for path in ("login/", "password/reset/", "password/reset/done/"):
        for language, word in (("ja", "パスワード"), ("en", "password")):
            client.cookies["django_language"] = language
            page = client.get(f"/accounts/{path}").content.decode()
            assert f'lang="{language}"' in page
            assert word in page.lower()
