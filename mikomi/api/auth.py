"""Who calls: a bearer token, made under Settings › API. Its rights are its scopes ∩ the rights of its user."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from django.http import HttpRequest
from ninja.security import HttpBearer

from mikomi.api.idempotency import refuse_repeated
from mikomi.core.access import queries as access
from mikomi.core.access.actor import Actor, NotAllowedError
from mikomi.core.access.rules import Permission


class Call(HttpRequest):
    """A call of the API by a known program."""

    actor: Actor


class Token(HttpBearer):
    """`Authorization: Bearer mik_…` of a program that has all rights of one of `ways` (none: any program)."""

    def __init__(self, ways: Sequence[Sequence[Permission]] = ()) -> None:
        super().__init__()
        self.ways = ways

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """The program as an actor; none for an unknown token. Raises `NotAllowedError`; `AnsweredError` where it may
        have the answer of a call that was done before."""
        found = access.token_for_key(token)
        if found is None:
            return None
        actor = found.as_actor()
        if self.ways and not any(all(map(actor.may, way)) for way in self.ways):
            raise NotAllowedError(next(right for right in self.ways[0] if not actor.may(right)))
        refuse_repeated(request)
        cast(Call, request).actor = actor
        return actor
