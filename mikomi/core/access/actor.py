"""Who acts: a person, a program with a token, or the system itself. Every operation and surface query takes one."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from mikomi.core.access.rules import Permission


class NotAllowedError(PermissionDenied):
    """The actor lacks the permission. Surfaces answer 403 with this text."""

    def __init__(self, permission: Permission) -> None:
        super().__init__(_("You don't have the right to do this (%(right)s).") % {"right": permission.value})
        self.permission = permission


@dataclass(frozen=True, slots=True)
class Actor:
    """`user_id` none: the system. `team_ids`: whose conversations an agent sees besides those of no team."""

    user_id: int | None
    role: str
    permissions: frozenset[Permission]
    name: str = ""
    team_ids: frozenset[int] = field(default_factory=frozenset)
    sees_all_teams: bool = False

    @property
    def is_system(self) -> bool:
        """True for the playbook, the sweeps and intake."""
        return self.user_id is None

    def may(self, permission: Permission) -> bool:
        """Whether the actor has this right."""
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Raise `NotAllowedError` unless the actor has this right."""
        if permission not in self.permissions:
            raise NotAllowedError(permission)


SYSTEM = Actor(
    user_id=None, role="system", permissions=frozenset(Permission), name="Mikomi", sees_all_teams=True
)
