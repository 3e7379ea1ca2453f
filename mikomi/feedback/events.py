"""What can happen to a question."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from mikomi.core.events.kinds import Code, event_kind


@event_kind("feedback.asked", _("Asked how it went"), subject="invitation")
@dataclass(frozen=True, slots=True)
class FeedbackAsked:
    invitation_id: int
    kind: Code


@event_kind("feedback.skipped", _("Not asked how it went"), subject="invitation", in_timeline=False)
@dataclass(frozen=True, slots=True)
class FeedbackSkipped:
    invitation_id: int
    kind: Code
    reason: Code


@event_kind("feedback.handled", _("Poor answer taken care of"), subject="answer", in_timeline=False)
@dataclass(frozen=True, slots=True)
class FeedbackHandled:
    answer_id: int


@event_kind("feedback.answered", _("Answer to a question"), subject="answer")
@dataclass(frozen=True, slots=True)
class FeedbackAnswered:
    answer_id: int
    kind: Code
    score: int


@event_kind("feedback.poor", _("Poor answer"), subject="answer", in_timeline=False)
@dataclass(frozen=True, slots=True)
class FeedbackPoor:
    answer_id: int
    conversation_id: int | None
    recovery_id: int | None
    score: int


@event_kind("surprise.proposed", _("Small surprise proposed"), subject="surprise")
@dataclass(frozen=True, slots=True)
class SurpriseProposed:
    surprise_id: int
    kind: Code
    reason: Code


@event_kind("surprise.approved", _("Small surprise approved"), subject="surprise")
@dataclass(frozen=True, slots=True)
class SurpriseApproved:
    surprise_id: int
    kind: Code
    carrier_id: int | None


@event_kind("surprise.dismissed", _("Small surprise turned down"), subject="surprise", in_timeline=False)
@dataclass(frozen=True, slots=True)
class SurpriseDismissed:
    surprise_id: int
    kind: Code


@event_kind("surprise.done", _("Small surprise carried out"), subject="surprise")
@dataclass(frozen=True, slots=True)
class SurpriseDone:
    surprise_id: int
    kind: Code
    by_message: bool


@event_kind("surprise.measured", _("What a small surprise brought"), subject="surprise")
@dataclass(frozen=True, slots=True)
class SurpriseMeasured:
    surprise_id: int
    kind: Code
    came_back: bool
