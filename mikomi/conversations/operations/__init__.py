"""The verbs of the desk: receiving, answering, handling, settling; recovery has a module of its own."""

from mikomi.conversations.operations import recovery
from mikomi.conversations.operations.answering import (
    CannotAnswerError,
    answer,
    answer_came_back,
    take_back,
)
from mikomi.conversations.operations.handling import (
    DeskError,
    add_note,
    assign,
    close,
    delete,
    erase_deleted,
    reopen,
    restore,
    set_severity,
    snooze,
    wake_snoozed,
)
from mikomi.conversations.operations.history import load_history
from mikomi.conversations.operations.receiving import receive_messages
from mikomi.conversations.operations.recovery import RecoveryError
from mikomi.conversations.operations.settling import (
    TemplateRefusedError,
    archive_template,
    ensure_defaults,
    save_template,
    set_policy,
    set_standards,
)
from mikomi.conversations.records import (
    HistoricConversation,
    HistoricMessage,
    IncomingAttachment,
    IncomingMessage,
    PromiseInAnswer,
)

__all__ = [
    "CannotAnswerError",
    "DeskError",
    "HistoricConversation",
    "HistoricMessage",
    "IncomingAttachment",
    "IncomingMessage",
    "PromiseInAnswer",
    "RecoveryError",
    "TemplateRefusedError",
    "add_note",
    "answer",
    "answer_came_back",
    "archive_template",
    "assign",
    "close",
    "delete",
    "ensure_defaults",
    "erase_deleted",
    "load_history",
    "receive_messages",
    "recovery",
    "reopen",
    "restore",
    "save_template",
    "set_policy",
    "set_severity",
    "set_standards",
    "snooze",
    "take_back",
    "wake_snoozed",
]
