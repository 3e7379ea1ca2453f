"""The words that every family of the API uses: bounded inputs, moments in UTC, money, pages, problems."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any, Generic, TypeVar

from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field
from pydantic_core import PydanticCustomError

from mikomi.customers.queries.display import Display

T = TypeVar("T")
LARGEST = 2**63 - 1
FIRST_YEAR, LAST_YEAR = 1970, 2200


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise PydanticCustomError("nul", "{text}", {"text": _("A text can't hold the NUL character.")})
    return text


def _within_years(moment: datetime) -> datetime:
    _year(moment.year)
    return moment.astimezone(UTC)


def _day_within_years(day: date) -> date:
    _year(day.year)
    return day


def _year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        bounds = {"first": FIRST_YEAR, "last": LAST_YEAR}
        text = _("A date lies between %(first)s and %(last)s.") % bounds
        raise PydanticCustomError("date_out_of_range", "{text}", {"text": text})


_Clean = AfterValidator(_without_nul)

Id = Annotated[int, Field(ge=1, le=LARGEST)]
Minor = Annotated[int, Field(ge=-LARGEST, le=LARGEST)]
Amount = Annotated[int, Field(ge=0, le=10**15, description="In the minor unit of the currency.")]
Code = Annotated[str, Field(max_length=64), _Clean]
Line = Annotated[str, Field(max_length=500), _Clean]
Words = Annotated[str, Field(max_length=50_000), _Clean]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="ISO 4217.")]
Moment = Annotated[AwareDatetime, AfterValidator(_within_years)]
Day = Annotated[date, AfterValidator(_day_within_years)]
Utc = Annotated[datetime, AfterValidator(lambda moment: moment.astimezone(UTC))]


class In(Schema):
    """What a program sends. A field that isn't known is refused: a slip of the pen would be lost silently."""

    model_config = ConfigDict(extra="forbid")


class Paging(Schema):
    """Where to go on in a list, and how much at once."""

    cursor: Annotated[str, Field(max_length=2_000), _Clean] = Field("", description="From a page before.")
    size: int = Field(50, ge=1, le=200)


class Money(Schema):
    """An amount in the minor unit of its currency: 1,980 yen are 1980 JPY, 19.80 dollars are 1980 USD."""

    minor: int
    currency: str


class PageOf(Schema, Generic[T]):
    """A page of a list; a cursor is null where there is nothing further on that side."""

    items: list[T]
    next_cursor: str | None
    previous_cursor: str | None


class ListOf(Schema, Generic[T]):
    """A short list, whole."""

    items: list[T]


class PersonRef(Schema):
    """A customer in a few words."""

    id: int
    name: str

    @classmethod
    def of(cls, person: Display) -> PersonRef:
        """From the name that is shown."""
        return cls(id=person.id, name=person.name)


class Share(Schema):
    """A share with its interval at 95 %; null without cases."""

    share: float | None
    low: float | None
    high: float | None


class WrongField(Schema):
    """One value that can't be used."""

    field: str
    code: str
    text: str


class Problem(Schema):
    """An error (RFC 9457). `type` is for programs; `title` and `detail` are in the reader's language."""

    type: str
    title: str
    status: int
    detail: str = ""
    errors: list[WrongField] = []


def page(found: Any) -> dict[str, Any]:
    """A page of `core.paging` whose items are shapes already."""
    return {
        "items": found.items,
        "next_cursor": found.next_cursor,
        "previous_cursor": found.previous_cursor,
    }


class CountOut(Schema):
    """How many."""

    count: int
