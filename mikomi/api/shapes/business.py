"""The business: itself, its stores and teams, who is away, how customers are told of slips."""

from __future__ import annotations

from datetime import date
from typing import Literal

from ninja import Schema
from pydantic import Field

from mikomi.api.shapes.common import Day, Id, In
from mikomi.core.access.models import Absence, User
from mikomi.core.business.models import Business, Store
from mikomi.promises.models import NoticePolicy, Promise


class BusinessOut(Schema):
    """The business."""

    name: str
    time_zone: str
    language: str
    country: str
    currency: str

    @classmethod
    def of(cls, row: Business) -> BusinessOut:
        """From the row."""
        return cls(
            name=row.name,
            time_zone=row.time_zone,
            language=row.language,
            country=row.country,
            currency=row.currency,
        )


class StoreOut(Schema):
    """A store."""

    id: int
    name: str
    code: str
    kind: str

    @classmethod
    def of(cls, row: Store) -> StoreOut:
        """From the row."""
        return cls(id=row.pk, name=row.name, code=row.code, kind=row.kind)


class NamedOut(Schema):
    """A team or a colleague."""

    id: int
    name: str

    @classmethod
    def of_user(cls, row: User) -> NamedOut:
        """A colleague."""
        return cls(id=row.pk, name=str(row))


class AbsenceIn(In):
    """Days on which somebody is not at work, the last one among them."""

    user_id: Id
    first_day: Day
    last_day: Day


class AbsenceOut(Schema):
    """An absence."""

    id: int
    user_id: int
    first_day: date
    last_day: date

    @classmethod
    def of(cls, row: Absence) -> AbsenceOut:
        """From the row."""
        return cls(id=row.pk, user_id=row.user_id, first_day=row.first_day, last_day=row.last_day)


class NoticePolicyShape(Schema):
    """How customers are told that a promise of one kind slips."""

    kind: Literal[""] | Promise.Kind = Field(
        "", description="Of promise; empty: every kind that has no policy of its own."
    )
    tells: NoticePolicy.Tells = NoticePolicy.Tells.DATED
    approval: NoticePolicy.Approval = NoticePolicy.Approval.BUSINESS
    gather_minutes: int = Field(10, ge=0, le=1440, description="0: each slip is told at once.")

    @classmethod
    def of(cls, row: NoticePolicy) -> NoticePolicyShape:
        """From the row."""
        return cls(
            kind=Promise.Kind(row.kind) if row.kind else "",
            tells=NoticePolicy.Tells(row.tells),
            approval=NoticePolicy.Approval(row.approval),
            gather_minutes=row.gather_minutes,
        )

    def new(self) -> NoticePolicy:
        """The row that it asks for."""
        return NoticePolicy(
            kind=str(self.kind),
            tells=self.tells.value,
            approval=self.approval.value,
            gather_minutes=self.gather_minutes,
        )
