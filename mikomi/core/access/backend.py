"""Sign-in with e-mail and password. Roles, not Django's permission tables, say who may do what."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.db.models import QuerySet
from django.http import HttpRequest

from mikomi.core.access.models import User
from mikomi.core.kept import kept


class EmailBackend(BaseBackend):
    """Finds the user by address, whatever its capitals, and spends the same time when there is none."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        email: str | None = None,
        **credentials: Any,
    ) -> User | None:
        address = email or username or credentials.get("login") or ""
        user = User.objects.filter(email__iexact=address).first()
        if user is None:
            make_password(password)  # so that the answer's time doesn't tell which addresses exist
            return None
        return user if user.is_active and user.check_password(password or "") else None

    def get_user(self, user_id: int) -> User | None:
        return next(iter(_active(user_id=user_id)), None)


@kept("user_id")
def _active(*, user_id: int) -> QuerySet[User]:
    return User.objects.filter(pk=user_id, is_active=True)
