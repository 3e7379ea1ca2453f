"""Real mail servers for tests: a private Dovecot, an SMTP server that records and misbehaves, a wire that is cut.

with dovecot() as server:
    server.append(b"From: …")
    box = server.mailbox(actor)        # a Mailbox of Mikomi that reads it

with smtp_server() as smtp:
    …
    smtp.messages[0].text
"""

from tests.servers.dovecot_server import Dovecot, dovecot, dovecot_program
from tests.servers.ground import HOST, PASSWORD, free_port, free_ports, make_certificate
from tests.servers.smtp import Received, SmtpServer, smtp_server
from tests.servers.wire import CutWire, cut_wire

__all__ = [
    "HOST",
    "PASSWORD",
    "CutWire",
    "Dovecot",
    "Received",
    "SmtpServer",
    "cut_wire",
    "dovecot",
    "dovecot_program",
    "free_port",
    "free_ports",
    "make_certificate",
    "smtp_server",
]
