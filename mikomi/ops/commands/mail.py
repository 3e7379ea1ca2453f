"""`mikomi mail`: import old mail, read what is stored again, take mail at a door of our own."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "import old mail, read stored mail again, listen for mail"


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    taken = verbs.add_parser("import", help="take in .eml, mbox, Maildir or a ZIP of these, as history")
    taken.add_argument("path", type=Path)
    taken.add_argument(
        "--mailbox", default="", help="address of the mailbox it belongs to; default: the only one"
    )
    again = verbs.add_parser("reparse", help="read stored mail again with this version's parser")
    again.add_argument("--all", action="store_true", help="also what this version has read already")
    again.add_argument("--dry-run", action="store_true", help="say what would change and change nothing")
    listen = verbs.add_parser("listen", help="take mail by SMTP or LMTP, in this process alone")
    listen.add_argument(
        "--at", default="", help="smtp://HOST:PORT or lmtp://HOST:PORT; default: MIKOMI_MAIL_LISTEN"
    )


def run(options: argparse.Namespace) -> int:
    from mikomi.ops import mail, upgrading

    upgrading.refuse_old_database()
    if options.verb == "import":
        return mail.take_in(options.path, options.mailbox)
    if options.verb == "reparse":
        return mail.read_again(everything=options.all, dry_run=options.dry_run)
    return mail.listen(options.at)
