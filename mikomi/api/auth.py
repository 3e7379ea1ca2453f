"""Who calls: a bearer token, made under Settings › API. Its rights are its scopes ∩ the rights of its user."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest
from ninja.security import HttpBearer

from mikomi.core.access import queries as access
from mikomi.core.access.actor import Actor


class Call(HttpRequest):
    """A call of the API by a known program."""

    actor: Actor


class Token(HttpBearer):
    """`Authorization: Bearer mik_…`"""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        found = access.token_for_key(token)
        if found is None:
            return None
        cast(Call, request).actor = found.as_actor()
        return cast(Call, request).actor
