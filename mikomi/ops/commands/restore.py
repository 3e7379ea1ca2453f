"""`mikomi restore`: put a backup back."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "put a backup back (stop Mikomi first)"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", type=Path)
    parser.add_argument("--replace", action="store_true", help="overwrite the data that is there")
    parser.add_argument(
        "--moved",
        action="store_true",
        help="the old installation was stopped before this backup: what waited there goes on here",
    )


def run(options: argparse.Namespace) -> int:
    from django.conf import settings

    from mikomi.ops import backups, restoring, upgrading

    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    backups.restore(options.source, replace=options.replace)
    upgrading.upgrade()
    if not options.moved:
        held = restoring.hold_back()
        print(
            f"Messages that may have left since the backup: {held.messages}. They wait on Today for a person."
        )
        print(f"Calls of webhooks given up: {held.calls}. Settings > Operations tries them again.")
    upgrading.half_restored().unlink(missing_ok=True)
    print("Restored.")
    return 0
