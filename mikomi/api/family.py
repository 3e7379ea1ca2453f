"""How the operations of the API are declared: an address, the right it needs, the shape of its answer.

    router = Family("orders")

    @router.get("/orders/{order_id}", may=Permission.ORDERS_VIEW, gives=OrderOut)
    def order(request: Call, order_id: Id) -> OrderOut: ...

The right is asked before anything is read, and again by the operation that is called. Every declared problem is
documented as problem+json.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from ninja import Router

from mikomi.api.auth import Token
from mikomi.api.shapes.common import Problem
from mikomi.core.access.rules import Permission

View = TypeVar("View", bound=Callable[..., Any])
Rights = Permission | tuple[Permission, ...]
PROBLEMS = dict.fromkeys((400, 401, 403, 404, 409, 413, 422), Problem)


class Family:
    """The operations about one kind of thing.

    `may`: the right, or several of which one is enough. `sees`: the right to look, needed besides; none: not needed.
    """

    def __init__(self, name: str, *, sees: Permission | None = None) -> None:
        self.name, self.router = name, Router(tags=[name])
        self.sees = sees

    def get(self, path: str, *, may: Rights, gives: Any) -> Callable[[View], View]:
        """Reading."""
        return self._add("GET", path, may, gives)

    def post(
        self, path: str, *, may: Rights, gives: Any, status: int = 200, sees: Permission | None = None
    ) -> Callable[[View], View]:
        """Doing. Takes an Idempotency-Key."""
        return self._add("POST", path, may, gives, status=status, sees=sees)

    def patch(
        self, path: str, *, may: Rights, gives: Any, sees: Permission | None = None
    ) -> Callable[[View], View]:
        """Changing what is given, leaving the rest."""
        return self._add("PATCH", path, may, gives, sees=sees)

    def put(self, path: str, *, may: Rights, gives: Any) -> Callable[[View], View]:
        """Replacing."""
        return self._add("PUT", path, may, gives)

    def delete(self, path: str, *, may: Rights) -> Callable[[View], View]:
        """Taking away; answers nothing."""
        return self._add("DELETE", path, may, None, status=204)

    def _add(
        self,
        method: str,
        path: str,
        may: Rights,
        gives: Any,
        *,
        status: int = 200,
        sees: Permission | None = None,
    ) -> Callable[[View], View]:
        rights = may if isinstance(may, tuple) else (may,)
        looks = sees or self.sees
        # Each inner list is one way to be allowed: all its rights together.
        ways = [list(dict.fromkeys([right, looks] if looks else [right])) for right in rights]

        def declare(view: View) -> View:
            self.router.add_api_operation(
                path,
                [method],
                view,
                auth=Token(ways),
                response={status: gives, **PROBLEMS},
                operation_id=f"{self.name}.{view.__name__}",
                summary=(view.__doc__ or "").strip().split("\n")[0].rstrip("."),
                openapi_extra={"security": [{"Token": [right.value for right in way]} for way in ways]},
            )
            return view

        return declare
