"""Sessions in the database, as Django keeps them; every page reads one, so the statement is kept."""

from __future__ import annotations

from datetime import datetime

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from mikomi.core.kept import kept


class SessionStore(db.SessionStore):
    """Django's store, with one statement for reading a session."""

    def _get_session_from_db(self) -> Session | None:
        now = timezone.now()  # noqa: TID251 - by Django's clock they are made, and by it they end
        found = _valid(key=self.session_key, now=now) if self.session_key else []
        session: Session | None = next(iter(found), None)
        if session is None:
            self._session_key = None
        return session


@kept("key", "now")
def _valid(*, key: str, now: datetime) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key, expire_date__gt=now)
