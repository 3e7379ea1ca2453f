"""The verbs of the channels: mailboxes, contact forms, and what waits in quarantine."""

from mikomi.channels.operations.forms import save_form
from mikomi.channels.operations.mailboxes import (
    ConnectionReport,
    MailboxSettings,
    SettingsRefusedError,
    fetch_now,
    save_mailbox,
    switch_mailbox,
    test_connection,
)
from mikomi.channels.operations.quarantine import dismiss, reprocess, reprocess_all

__all__ = [
    "ConnectionReport",
    "MailboxSettings",
    "SettingsRefusedError",
    "dismiss",
    "fetch_now",
    "reprocess",
    "reprocess_all",
    "save_form",
    "save_mailbox",
    "switch_mailbox",
    "test_connection",
]
