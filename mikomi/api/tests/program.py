"""A program that calls the API in tests."""

from __future__ import annotations

from typing import Any

from django.test import Client

from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.models import ApiToken
from mikomi.core.access.rules import Permission, hash_key

ROOT = "/api/v1"


class Program:
    """Calls with a token of this person's that has these rights (none: all of the person's)."""

    def __init__(self, actor: Actor, rights: list[Permission] | None = None) -> None:
        scopes = sorted(right.value for right in (actor.permissions if rights is None else rights))
        self.key = f"mik_{actor.name}_{'-'.join(scopes)}"
        assert actor.user_id is not None
        ApiToken.objects.get_or_create(
            key_hash=hash_key(self.key),
            defaults={
                "name": "Test",
                "user_id": actor.user_id,
                "prefix": self.key[:12],
                "scopes": scopes,
                "created_at": clock.now(),
            },
        )
        self.client = Client(headers={"Authorization": f"Bearer {self.key}"}, raise_request_exception=False)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The response to one call; `headers` with _ for -."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        options: dict[str, Any] = {"headers": named}
        if body is not None:
            options |= {"data": body, "content_type": "application/json"}
        return getattr(self.client, method)(ROOT + path, **options)

    def get(self, path: str, **headers: str) -> Any:
        """Read."""
        return self.call("get", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """Do."""
        return self.call("post", path, {} if body is None else body, **headers)

    def ok(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The answer to a call that must go well."""
        response = self.call(method, path, body, **headers)
        assert response.status_code < 300, response.content.decode()
        return response.json() if response.content else None
