"""Facts, the places that repeat them, and contradictions, as the API gives and takes them."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from mikomi.api.shapes.common import Code, Day, Id, In, Line, Moment, Paging, Utc, Words
from mikomi.facts.models import Check, Contradiction, Fact, FactVersion, Touchpoint
from mikomi.facts.queries import FactRow, FactStory, TouchpointRow
from mikomi.facts.records import FactDraft, TouchpointDraft

FactView = Annotated[str, Field(pattern="^(all|contradicted|expired|review|fed|archived)$")]


class FactFilter(Paging):
    """Which facts. `text` finds in key, label and product code."""

    view: FactView = "all"
    kind: Fact.Kind | None = None
    text: Line = ""
    owner_id: Id | None = None
    language: Annotated[str, Field(pattern="^(ja|en)$")] = "ja"


class FactIn(In):
    """A fact. `value` has a `type`: money, phone, hours, duration, number, date, yes_no or text, and its parts:
    `{"type": "money", "minor": 1980, "currency": "JPY", "tax": "included"}`."""

    kind: Fact.Kind
    label: Annotated[Line, Field(min_length=1, max_length=200)]
    value: dict[str, Any]
    owner_ids: Annotated[list[Id], Field(max_length=10, description="Exactly one person answers for a fact.")]
    key: Annotated[Line, Field(max_length=120, description="Empty: made from kind, scope and aspect.")] = ""
    aspect: Code = ""
    scope: Fact.Scope = Fact.Scope.BUSINESS
    brand_id: Id | None = None
    store_id: Id | None = None
    product_code: Annotated[Line, Field(max_length=128)] = ""
    names: Annotated[list[Line], Field(max_length=20)] = []
    labels: Annotated[list[Line], Field(max_length=20)] = []
    wording: Annotated[dict[str, Words], Field(description="By language; {value} stands for the value.")] = {}
    valid_from: Moment | None = None
    valid_until: Moment | None = None
    review_on: Day | None = None
    reason: Annotated[Line, Field(max_length=300)] = ""

    def draft(self) -> FactDraft:
        """For the operation."""
        return FactDraft(
            kind=self.kind.value,
            label=self.label,
            value=self.value,
            owner_ids=tuple(self.owner_ids),
            key=self.key,
            aspect=self.aspect,
            scope=self.scope.value,
            brand_id=self.brand_id,
            store_id=self.store_id,
            product_code=self.product_code,
            names=tuple(self.names),
            labels=tuple(self.labels),
            wording=self.wording,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            review_on=self.review_on,
            reason=self.reason,
        )


class FactOut(Schema):
    """A fact and what it says now. `state`: current, expired, not_yet or archived; `said` is empty unless current."""

    id: int
    key: str
    kind: str
    label: str
    aspect: str
    scope: str
    brand_id: int | None
    store_id: int | None
    product_code: str
    names: list[str]
    labels: list[str]
    owner_id: int
    feed: str
    also_fed_by: str
    review_on: Day | None
    version: int
    state: str
    value: dict[str, Any] | None
    wording: dict[str, str]
    said: str
    valid_from: Utc | None
    valid_until: Utc | None
    open_contradictions: int

    @classmethod
    def of(cls, row: FactRow, language: str) -> FactOut:
        """From the row of the registry."""
        fact, version = row.fact, row.version
        return cls(
            id=fact.pk,
            key=fact.key,
            kind=fact.kind,
            label=fact.label,
            aspect=fact.aspect,
            scope=fact.scope,
            brand_id=fact.brand_id,
            store_id=fact.store_id,
            product_code=fact.product_code,
            names=fact.names,
            labels=fact.labels,
            owner_id=fact.owner_id,
            feed=fact.feed,
            also_fed_by=fact.also_fed_by,
            review_on=fact.review_on,
            version=fact.version_number,
            state=row.state,
            value=version.value if version else None,
            wording=version.wording if version else {},
            said=row.said(language),
            valid_from=version.valid_from if version else None,
            valid_until=version.valid_until if version else None,
            open_contradictions=row.open_contradictions,
        )


class FactVersionOut(Schema):
    """What a fact said, from when to when, who said so and why."""

    number: int
    value: dict[str, Any]
    wording: dict[str, str]
    valid_from: Utc | None
    valid_until: Utc | None
    recorded_at: Utc
    actor_id: int | None
    source: str
    reason: str

    @classmethod
    def of(cls, row: FactVersion) -> FactVersionOut:
        """From the row."""
        return cls(**{name: getattr(row, name) for name in cls.model_fields})


class FactStoryOut(Schema):
    """A fact with its versions, the newest first, and the open contradictions."""

    fact: FactOut
    versions: list[FactVersionOut]
    contradictions: list[ContradictionOut]

    @classmethod
    def of(cls, story: FactStory, language: str) -> FactStoryOut:
        """From the story."""
        return cls(
            fact=FactOut.of(story.row, language),
            versions=[FactVersionOut.of(one) for one in story.versions],
            contradictions=[ContradictionOut.of(one) for one in story.contradictions],
        )


class ReviewIn(In):
    """It is still so; when to look again."""

    next_on: Day | None = None


class TextWithFactsIn(In):
    """A text with `{{ fact.KEY }}` in it."""

    text: Words
    language: Annotated[str, Field(pattern="^(ja|en)$")] = "ja"


class TextWithFactsOut(Schema):
    """The text with its facts said."""

    text: str


# Places


class TouchpointIn(In):
    """A place to be watched."""

    label: Annotated[Line, Field(min_length=1, max_length=200)]
    kind: Touchpoint.Kind
    url: Annotated[Line, Field(max_length=1_000)] = Field(max_length=1_000)
    brand_id: Id | None = None
    store_id: Id | None = None
    product_code: Annotated[Line, Field(max_length=128)] = ""
    every_hours: Annotated[int, Field(ge=1, le=744)] = 24
    max_pages: Annotated[int, Field(ge=1, le=2_000)] = 200
    max_depth: Annotated[int, Field(ge=0, le=10)] = 4
    is_active: bool = True

    def draft(self) -> TouchpointDraft:
        """For the operation."""
        return TouchpointDraft(**(self.model_dump() | {"kind": self.kind.value}))


class CheckOut(Schema):
    """One look at a place. `outcome`: finished, page_cap, time, stopped, unreachable or robots; `remarks`: what was
    left out, counted."""

    id: int
    touchpoint_id: int
    state: str
    outcome: str
    started_at: Utc
    finished_at: Utc | None
    pages_known: int
    pages_done: int
    unchanged: int
    contradictions: int
    remarks: dict[str, int]

    @classmethod
    def of(cls, row: Check) -> CheckOut:
        """From the row."""
        return cls(**{name: getattr(row, name) for name in cls.model_fields})


class TouchpointOut(Schema):
    """A place that is watched, with its newest look."""

    id: int
    label: str
    kind: str
    url: str
    brand_id: int | None
    store_id: int | None
    product_code: str
    every_hours: int
    max_pages: int
    max_depth: int
    is_active: bool
    next_check_at: Utc | None
    open_contradictions: int | None = None
    check: CheckOut | None = None

    @classmethod
    def of(
        cls, row: Touchpoint, check: Check | None = None, contradictions: int | None = None
    ) -> TouchpointOut:
        """From the row."""
        own = {
            name: getattr(row, name)
            for name in cls.model_fields
            if name not in ("check", "open_contradictions")
        }
        return cls(**own, check=CheckOut.of(check) if check else None, open_contradictions=contradictions)

    @classmethod
    def of_row(cls, row: TouchpointRow) -> TouchpointOut:
        """From the list's row."""
        return cls.of(row.touchpoint, row.check, row.open_contradictions)


# Contradictions


class ContradictionFilter(Paging):
    """Which contradictions."""

    state: Contradiction.State = Contradiction.State.OPEN
    severity: Contradiction.Severity | None = None
    fact_id: Id | None = None
    touchpoint_id: Id | None = None


class IgnoreIn(In):
    """Why it may stay as it is."""

    reason: Annotated[Line, Field(min_length=1)]


class ContradictionOut(Schema):
    """Both places. `what`: wrong, dead_product, dead_link or broken_quote; `seen_count`: messages sent with it since,
    null where nobody counts (the readers of a page)."""

    id: int
    what: str
    severity: str
    state: str
    fact_id: int | None
    fact_key: str
    touchpoint_id: int | None
    source: str
    place: str
    title: str
    found: dict[str, Any] | None
    snippet: str
    is_former: bool
    owner_id: int | None
    wrong_since: Utc
    first_seen_at: Utc
    last_seen_at: Utc
    seen_count: int | None
    reason: str
    closed_at: Utc | None
    closed_because: str

    @classmethod
    def of(cls, row: Contradiction) -> ContradictionOut:
        """From the row with its fact."""
        own = {name: getattr(row, name) for name in cls.model_fields if name != "fact_key"}
        return cls(**own, fact_key=row.fact.key if row.fact else "")


FactStoryOut.model_rebuild()
