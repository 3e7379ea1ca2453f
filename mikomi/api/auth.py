"""Who calls: a bearer token, made under Settings › API. Its rights are its scopes ∩ the rights of its user."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from django.http import HttpRequest
from ninja.security import HttpBearer

from mikomi.core.access import queries as access
from mikomi.core.access.actor import Actor, NotAllowedError
from mikomi.core.access.rules import Permission


class Call(HttpRequest):
    """A call of the API by a known program."""

    actor: Actor


class Token(HttpBearer):
    """`Authorization: Bearer mik_…` of a program that has one of `rights` (none: any program)."""

    def __init__(self, rights: Sequence[Permission] = ()) -> None:
        super().__init__()
        self.rights = tuple(rights)

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """The program as an actor; none for an unknown token. Raises `NotAllowedError`."""
        found = access.token_for_key(token)
        if found is None:
            return None
        actor = found.as_actor()
        if self.rights and not any(actor.may(right) for right in self.rights):
            raise NotAllowedError(self.rights[0])
        cast(Call, request).actor = actor
        return actor
