"""Who may do what: permissions by role. Pure; checked in operations and queries."""

from __future__ import annotations

import hashlib
from enum import StrEnum


class Role(StrEnum):
    """The people of a business; the highest first."""

    OWNER = "owner"
    MANAGER = "manager"
    AGENT = "agent"
    MARKETER = "marketer"
    ANALYST = "analyst"


SEE_ALL_TEAMS = (Role.OWNER, Role.MANAGER)
"""Whose eyes no team bounds."""


class Permission(StrEnum):
    """One right. An operation names the one it needs; API scopes are the same words."""

    CUSTOMERS_VIEW = "customers.view"
    CUSTOMERS_EDIT = "customers.edit"
    CUSTOMERS_MERGE = "customers.merge"
    CUSTOMERS_ERASE = "customers.erase"
    CUSTOMERS_EXPORT = "customers.export"
    SEGMENTS_EDIT = "segments.edit"
    CONVERSATIONS_VIEW = "conversations.view"
    CONVERSATIONS_ANSWER = "conversations.answer"
    CONVERSATIONS_ASSIGN = "conversations.assign"
    TEMPLATES_EDIT = "templates.edit"
    PROMISES_VIEW = "promises.view"
    PROMISES_RECORD = "promises.record"
    PROMISES_RELEASE = "promises.release"
    RECOVERY_GRANT = "recovery.grant"
    FACTS_VIEW = "facts.view"
    FACTS_EDIT = "facts.edit"
    ORDERS_VIEW = "orders.view"
    ORDERS_EDIT = "orders.edit"
    IMPORTS_RUN = "imports.run"
    FEEDBACK_VIEW = "feedback.view"
    FIGURES_VIEW = "figures.view"
    SETTINGS_MANAGE = "settings.manage"
    USERS_MANAGE = "users.manage"
    WEBHOOKS_MANAGE = "webhooks.manage"
    OPERATIONS_VIEW = "operations.view"
    AUDIT_VIEW = "audit.view"


P = Permission
_AGENT = {
    P.CUSTOMERS_VIEW,
    P.CUSTOMERS_EDIT,
    P.CONVERSATIONS_VIEW,
    P.CONVERSATIONS_ANSWER,
    P.CONVERSATIONS_ASSIGN,
    P.PROMISES_VIEW,
    P.PROMISES_RECORD,
    P.RECOVERY_GRANT,
    P.FACTS_VIEW,
    P.ORDERS_VIEW,
    P.FEEDBACK_VIEW,
    P.FIGURES_VIEW,
}
_MANAGER = _AGENT | {
    P.CUSTOMERS_MERGE,
    P.CUSTOMERS_EXPORT,
    P.SEGMENTS_EDIT,
    P.TEMPLATES_EDIT,
    P.PROMISES_RELEASE,
    P.FACTS_EDIT,
    P.ORDERS_EDIT,
    P.IMPORTS_RUN,
    P.OPERATIONS_VIEW,
}
_MARKETER = {
    P.CUSTOMERS_VIEW,
    P.SEGMENTS_EDIT,
    P.CUSTOMERS_EXPORT,
    P.FEEDBACK_VIEW,
    P.FIGURES_VIEW,
    P.ORDERS_VIEW,
    P.PROMISES_VIEW,
    P.FACTS_VIEW,
    P.TEMPLATES_EDIT,
}
_ANALYST = {P.FIGURES_VIEW, P.FEEDBACK_VIEW, P.PROMISES_VIEW, P.ORDERS_VIEW, P.CUSTOMERS_VIEW, P.FACTS_VIEW}

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.MANAGER: frozenset(_MANAGER),
    Role.AGENT: frozenset(_AGENT),
    Role.MARKETER: frozenset(_MARKETER),
    Role.ANALYST: frozenset(_ANALYST),
}


def permissions_of(role: str) -> frozenset[Permission]:
    """The rights of a role. `ValueError` for a role that doesn't exist."""
    return PERMISSIONS[Role(role)]


def hash_key(key: str) -> str:
    """What is stored of a token's key: it is random and long, so a plain SHA-256 can't be guessed back."""
    return hashlib.sha256(key.encode()).hexdigest()
