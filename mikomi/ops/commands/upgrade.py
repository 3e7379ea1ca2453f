"""`mikomi upgrade`: bring database and static files to this version."""

from __future__ import annotations

import argparse

HELP = "bring the database to this version (make a backup first)"


def arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(options: argparse.Namespace) -> int:
    from mikomi.ops import upgrading

    upgrading.upgrade()
    print("Up to date.")
    return 0
