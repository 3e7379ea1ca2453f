"""The verbs of the channels: mailboxes, contact forms, and what waits in quarantine."""

from mikomi.channels.operations.consents import (
    ConsentRefusedError,
    ProviderSettings,
    ask_for_consent,
    end_consent,
    save_provider,
    take_consent,
)
from mikomi.channels.operations.forms import save_form
from mikomi.channels.operations.mail_imports import (
    MailImportRefusedError,
    begin_mail_import,
    continue_mail_import,
    forget_mail_import,
    start_mail_import,
    stop_mail_import,
)
from mikomi.channels.operations.mailboxes import (
    ConnectionReport,
    MailboxSettings,
    SettingsRefusedError,
    change_mailbox,
    fetch_now,
    save_mailbox,
    switch_mailbox,
    test_connection,
)
from mikomi.channels.operations.quarantine import dismiss, reprocess, reprocess_all

__all__ = [
    "ConnectionReport",
    "ConsentRefusedError",
    "MailImportRefusedError",
    "MailboxSettings",
    "ProviderSettings",
    "SettingsRefusedError",
    "ask_for_consent",
    "begin_mail_import",
    "change_mailbox",
    "continue_mail_import",
    "dismiss",
    "end_consent",
    "fetch_now",
    "forget_mail_import",
    "reprocess",
    "reprocess_all",
    "save_form",
    "save_mailbox",
    "save_provider",
    "start_mail_import",
    "stop_mail_import",
    "switch_mailbox",
    "take_consent",
    "test_connection",
]
