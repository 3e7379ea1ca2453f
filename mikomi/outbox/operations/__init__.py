"""The verbs of the outbox: posting (the apps above), deciding (people), delivery (the worker)."""

from mikomi.outbox.operations.deciding import (
    OutboxError,
    cancel,
    decide_uncertain,
    edit_held,
    release,
    retry,
)
from mikomi.outbox.operations.delivery import (
    begin_attempt,
    claim_due,
    free_claims_of_dead,
    mark_bounced,
    mark_complained,
    mark_failed,
    mark_sent,
    mark_uncertain,
    set_aside_restored,
)
from mikomi.outbox.operations.posting import change_subject, post
from mikomi.outbox.records import NewMessage

__all__ = [
    "NewMessage",
    "OutboxError",
    "begin_attempt",
    "cancel",
    "change_subject",
    "claim_due",
    "decide_uncertain",
    "edit_held",
    "free_claims_of_dead",
    "mark_bounced",
    "mark_complained",
    "mark_failed",
    "mark_sent",
    "mark_uncertain",
    "post",
    "release",
    "retry",
    "set_aside_restored",
]
