"""`mikomi worker`: the background process."""

from __future__ import annotations

import argparse

HELP = "do the background work: deliveries, sending, polling, imports, sweeps"


def arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(options: argparse.Namespace) -> int:
    from mikomi.core.work import worker
    from mikomi.ops import upgrading

    upgrading.refuse_old_database()
    worker.main()
    return 0
