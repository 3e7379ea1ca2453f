"""What can be wrong with a mail server, as a code that is stored and a sentence for the reader."""

from __future__ import annotations

import socket
import ssl

from django.utils.translation import gettext as _

_LONGEST_DETAIL = 500


class MailProblem(Exception):  # noqa: N818 - it is also a value: stored, read back, shown
    """A mail server could not be used. `code` is stored, `detail` is what the server or the machine said."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code, self.detail = code, " ".join(detail.split())[:_LONGEST_DETAIL]

    @classmethod
    def stored(cls, text: str) -> MailProblem:
        """The problem that was stored as text. Inverse of `str`."""
        code, _colon, detail = text.partition(": ")
        return cls(code, detail)

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}" if self.detail else self.code

    @property
    def sentence(self) -> str:
        """What is wrong and what to do, in the reader's language."""
        return _sentences().get(self.code) or _("The mail server could not be used.")


def _sentences() -> dict[str, str]:
    return {
        "no_host": _("No mail server is entered for this mailbox."),
        "name_not_found": _("No server of this name is found. Check the spelling of the server's name."),
        "refused": _("The server refuses the connection. Check the port, and whether the server is running."),
        "timeout": _("The server doesn't answer. Check the name, the port and the firewall."),
        "unreachable": _("The server can't be reached from here. Check the network."),
        "certificate": _(
            "The server's certificate is not valid, so the password was not sent. Check the server's name, or ask"
            " its operator to renew the certificate."
        ),
        "not_tls": _("The server doesn't speak TLS on this port. Choose another port or STARTTLS."),
        "no_starttls": _("The server offers no STARTTLS on this port. Choose TLS and its port (993 or 465)."),
        "login": _(
            "The server refuses the sign-in. Check user name and password; some providers want a password made"
            " for this application only."
        ),
        "not_connected": _("The mailbox is not connected with its provider yet. Connect it on its page."),
        "consent_ended": _(
            "The provider no longer accepts the consent for this mailbox: it was taken back or has expired. Connect"
            " it again on its page."
        ),
        "provider": _("The provider's sign-in could not be used. It is tried again."),
        "provider_client": _(
            "The provider doesn't accept this installation's registration. Check its client id and secret."
        ),
        "no_uidl": _("The server gives its messages no lasting marks (UIDL). Read this mailbox by IMAP."),
        "folder": _("This folder is not on the server. Check the list of folders of this mailbox."),
        "dropped": _("The server closed the connection in the middle of the work. It is tried again."),
        "protocol": _("The server answered in a way that is not understood."),
        "secret": _("The stored password can't be read any more. Enter it again."),
        "sender": _("The server doesn't accept this mailbox's address as the sender."),
        "storage": _("The message could not be stored here: the disk is full or can't be written to."),
        "internal": _("An error of Mikomi stopped the work; the log has the details. It is tried again."),
        "folder_damaged": _("The server could not hand out some messages of this folder."),
    }


def problem_of(error: Exception) -> MailProblem:
    """The problem behind an error of a connection. What is unknown is a word of the protocol."""
    if isinstance(error, MailProblem):
        return error
    for kind, code in _KINDS:
        if isinstance(error, kind):
            return MailProblem(code, str(error))
    if isinstance(error, (EOFError, OSError)) or "EOF" in str(error):
        return MailProblem("dropped", str(error))
    return MailProblem("protocol", str(error))


_KINDS: tuple[tuple[type[Exception], str], ...] = (
    (socket.gaierror, "name_not_found"),
    (UnicodeError, "name_not_found"),
    (ssl.SSLCertVerificationError, "certificate"),
    (ssl.SSLEOFError, "dropped"),
    (ssl.SSLZeroReturnError, "dropped"),
    (ssl.SSLError, "not_tls"),
    (TimeoutError, "timeout"),
    (ConnectionRefusedError, "refused"),
    (ConnectionError, "dropped"),
)
