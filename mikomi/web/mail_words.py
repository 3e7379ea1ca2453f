"""What mails and their delivery are called: why one was not delivered, what a server says of its sender, parts refused.

Words are lazy: they are said in the language of the page that shows them.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from mikomi.web.words import OUTGOING_REASONS, Sign

REASONS: dict[str, str | Promise] = {
    **OUTGOING_REASONS,
    "no_sender": _("No mailbox can send right now. It is tried again."),
    "throttled": _("Many messages go to this domain; this one waits its turn."),
    "recipient_refused": _("The customer's mail server does not accept the address."),
    "recipient_busy": _("The customer's mail server asks to come back later. It is tried again."),
    "refused": _("The mail server does not accept the message."),
    "busy": _("The mail server is busy. It is tried again."),
    "not_composable": _("The message can't be written as a mail. Check address, subject and files."),
    "address_not_ascii": _("The mail server can't handle this address."),
    "no_answer": _("The server did not answer after it got the message: it may have arrived."),
    "worker_died": _("The sending was interrupted: it may have arrived."),
}
BOUNCES: dict[str, str | Promise] = {
    "userunknown": _("It came back: there is no such address."),
    "hostunknown": _("It came back: there is no such domain."),
    "hasmoved": _("It came back: the address has moved."),
    "notaccept": _("It came back: the domain takes no mail."),
    "mailboxfull": _("It came back: the mailbox is full."),
    "suspended": _("It came back: the mailbox is switched off."),
    "mesgtoobig": _("It came back: the message is too large."),
    "exceedlimit": _("It came back: the message is too large."),
    "blocked": _("It came back: the server blocks our mails."),
    "spamdetected": _("It came back: the server took it for spam."),
    "authfailure": _("It came back: the server could not verify the sender (SPF, DKIM, DMARC)."),
    "expired": _("It came back: the server could not be reached for too long."),
    "networkerror": _("It came back: the server could not be reached."),
    "virusdetected": _("It came back: the server found a virus in it."),
}
PARTS: dict[str, str | Promise] = {
    "too large": _("too large; it is in the raw message"),
    "container too large": _("too large to be opened; it is in the raw message"),
    "not_scanned": _("the virus scanner did not answer; it is in the raw message"),
    "too_deep": _("nested too deep"),
}
VERDICTS = {
    "pass": Sign(pgettext_lazy("authentication", "verified"), "shield-check", "kept"),
    "fail": Sign(pgettext_lazy("authentication", "not genuine"), "shield-x", "broken"),
    "softfail": Sign(pgettext_lazy("authentication", "doubtful"), "shield-alert", "risk"),
    "none": Sign(pgettext_lazy("authentication", "not protected"), "shield-off"),
}
SECURITY = {
    "smime-signed": Sign(_("Signed with S/MIME; the signature is not checked here"), "file-signature"),
    "pgp-signed": Sign(_("Signed with PGP; the signature is not checked here"), "file-signature"),
    "smime-encrypted": Sign(
        _("Encrypted with S/MIME: open the attachment in a mail program that has the key"), "lock"
    ),
    "pgp-encrypted": Sign(
        _("Encrypted with PGP: open the attachment in a mail program that has the key"), "lock"
    ),
}
REPORTS = {
    "bounce": Sign(_("Report: not delivered"), "mail-x"),
    "complaint": Sign(_("Report: its reader marked our message as spam"), "message-square-warning"),
    "out_of_office": Sign(_("Out of office"), "plane"),
    "list": Sign(_("Mailing list or newsletter"), "newspaper"),
}
METHODS = {
    "request": pgettext_lazy("invitation", "Invitation"),
    "cancel": pgettext_lazy("invitation", "Cancelled appointment"),
    "reply": pgettext_lazy("invitation", "Answer to an invitation"),
    "counter": pgettext_lazy("invitation", "Another time is proposed"),
}


def reason(code: str) -> str | Promise:
    """Why a message was held, refused or not delivered; what is unknown is said as the code it is."""
    kind, _colon, detail = code.partition(":")
    if kind == "bounced":
        return BOUNCES.get(detail, gettext("It came back: the server could not deliver it."))
    return REASONS.get(code, code)


def part_refused(code: str) -> str | Promise:
    """Why a part of a message is not offered."""
    if code.startswith("infected:"):
        return gettext("the virus scanner found %(virus)s in it") % {"virus": code.partition(":")[2]}
    return PARTS.get(code, code)


def verdict(word: str) -> Sign:
    """What a server found out by one method; other words of RFC 8601 are shown as they are."""
    return VERDICTS.get(word, Sign(word, "shield"))
