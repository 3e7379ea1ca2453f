"""The verbs of the desk: receiving, answering, handling, settling; recovery has a module of its own."""

from mikomi.conversations.operations import recovery
from mikomi.conversations.operations.answering import (
    AnsweredMeanwhileError,
    CannotAnswerError,
    answer,
    answer_came_back,
    answer_left,
    take_back,
)
from mikomi.conversations.operations.drafting import (
    FileRefusedError,
    add_draft_file,
    remove_draft_file,
)
from mikomi.conversations.operations.guiding import GuideError, set_guide
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
from mikomi.conversations.operations.presence import forget_presence, note_presence
from mikomi.conversations.operations.promising import (
    answer_new_terms,
    questions_answered,
    record_promises,
)
from mikomi.conversations.operations.receiving import receive_messages
from mikomi.conversations.operations.recovery import RecoveryError
from mikomi.conversations.operations.regrouping import join, split, undo
from mikomi.conversations.operations.rereading import correct_reading
from mikomi.conversations.operations.settling import (
    TemplateRefusedError,
    archive_template,
    ensure_defaults,
    save_template,
    set_policy,
    set_standards,
    set_undo_seconds,
)
from mikomi.conversations.records import (
    HistoricConversation,
    HistoricMessage,
    IncomingAttachment,
    IncomingMessage,
    PromiseInAnswer,
)

__all__ = [
    "AnsweredMeanwhileError",
    "CannotAnswerError",
    "DeskError",
    "FileRefusedError",
    "GuideError",
    "HistoricConversation",
    "HistoricMessage",
    "IncomingAttachment",
    "IncomingMessage",
    "PromiseInAnswer",
    "RecoveryError",
    "TemplateRefusedError",
    "add_draft_file",
    "add_note",
    "answer",
    "answer_came_back",
    "answer_left",
    "answer_new_terms",
    "archive_template",
    "assign",
    "close",
    "correct_reading",
    "delete",
    "ensure_defaults",
    "erase_deleted",
    "forget_presence",
    "join",
    "load_history",
    "note_presence",
    "questions_answered",
    "receive_messages",
    "record_promises",
    "recovery",
    "remove_draft_file",
    "reopen",
    "restore",
    "save_template",
    "set_guide",
    "set_policy",
    "set_severity",
    "set_standards",
    "set_undo_seconds",
    "snooze",
    "split",
    "take_back",
    "undo",
    "wake_snoozed",
]
