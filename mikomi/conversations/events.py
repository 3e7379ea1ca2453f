"""What can happen at the desk."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from mikomi.core.events.kinds import Code, event_kind


@event_kind("conversation.opened", _("Conversation"), subject="conversation", in_timeline=False)
@dataclass(frozen=True, slots=True)
class ConversationOpened:
    conversation_id: int
    channel: Code


@event_kind("message.received", _("Message"), subject="message")
@dataclass(frozen=True, slots=True)
class MessageReceived:
    message_id: int
    conversation_id: int
    channel: Code


@event_kind("message.answered", _("Answer"), subject="message")
@dataclass(frozen=True, slots=True)
class MessageAnswered:
    message_id: int
    conversation_id: int
    channel: Code
    is_first: bool


@event_kind("conversation.noted", _("Internal note"), subject="message")
@dataclass(frozen=True, slots=True)
class ConversationNoted:
    message_id: int
    conversation_id: int


@event_kind("conversation.assigned", _("Assigned"), subject="conversation", in_timeline=False)
@dataclass(frozen=True, slots=True)
class ConversationAssigned:
    conversation_id: int
    assignee_id: int | None
    team_id: int | None


@event_kind("conversation.snoozed", _("Snoozed"), subject="conversation", in_timeline=False)
@dataclass(frozen=True, slots=True)
class ConversationSnoozed:
    conversation_id: int


@event_kind("conversation.snooze_over", _("Back from snooze"), subject="conversation", in_timeline=False)
@dataclass(frozen=True, slots=True)
class SnoozeOver:
    conversation_id: int


@event_kind("conversation.closed", _("Closed"), subject="conversation")
@dataclass(frozen=True, slots=True)
class ConversationClosed:
    conversation_id: int
    channel: Code


@event_kind("conversation.reopened", _("Reopened"), subject="conversation")
@dataclass(frozen=True, slots=True)
class ConversationReopened:
    conversation_id: int
    reason: Code


@event_kind("recovery.opened", _("Recovery case"), subject="recovery")
@dataclass(frozen=True, slots=True)
class RecoveryOpened:
    recovery_id: int
    conversation_id: int
    promise_id: int | None


@event_kind("recovery.remedied", _("Remedy granted"), subject="recovery")
@dataclass(frozen=True, slots=True)
class RemedyGranted:
    recovery_id: int
    kind: Code
    amount_minor: int
    currency: Code


@event_kind("recovery.asked", _("Asked whether it is solved"), subject="recovery")
@dataclass(frozen=True, slots=True)
class RecoveryAsked:
    recovery_id: int
    outgoing_id: int


@event_kind("recovery.confirmed", _("The customer says whether it is solved"), subject="recovery")
@dataclass(frozen=True, slots=True)
class RecoveryConfirmed:
    recovery_id: int
    solved: bool


@event_kind("recovery.follow_up_due", _("Follow-up due"), subject="recovery", in_timeline=False)
@dataclass(frozen=True, slots=True)
class FollowUpDue:
    recovery_id: int


@event_kind("recovery.closed", _("Recovery closed"), subject="recovery")
@dataclass(frozen=True, slots=True)
class RecoveryClosed:
    recovery_id: int
    outcome: Code
    cost_minor: int
    currency: Code


@event_kind("recovery.reopened", _("Recovery reopened"), subject="recovery")
@dataclass(frozen=True, slots=True)
class RecoveryReopened:
    recovery_id: int
    reason: Code


@event_kind("conversation.split", _("Split off"), subject="conversation", in_timeline=False)
@dataclass(frozen=True, slots=True)
class ConversationSplit:
    conversation_id: int
    target_id: int
    message_count: int


@event_kind("conversation.joined", _("Joined"), subject="conversation", in_timeline=False)
@dataclass(frozen=True, slots=True)
class ConversationsJoined:
    conversation_id: int
    target_id: int
    message_count: int


@event_kind(
    "conversation.regrouping_undone", _("Split or joining undone"), subject="conversation", in_timeline=False
)
@dataclass(frozen=True, slots=True)
class RegroupingUndone:
    conversation_id: int
    target_id: int
