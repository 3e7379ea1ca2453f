"""`mikomi restore`: put a backup back."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "put a backup back (stop Mikomi first)"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", type=Path)
    parser.add_argument("--replace", action="store_true", help="overwrite the data that is there")


def run(options: argparse.Namespace) -> int:
    from django.conf import settings

    from mikomi.ops import backups, upgrading

    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    backups.restore(options.source, replace=options.replace)
    upgrading.upgrade()
    print("Restored.")
    return 0
