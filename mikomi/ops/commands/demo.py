"""`mikomi demo`: the sample business, into an empty database only."""

from __future__ import annotations

import argparse

HELP = "load the sample business into an empty database"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=int, default=1, help="another seed gives other people and orders")


def run(options: argparse.Namespace) -> int:
    from mikomi.core.business.models import Business
    from mikomi.ops import demo, upgrading
    from mikomi.ops.cli import CommandError

    upgrading.upgrade()
    if Business.objects.exists():
        raise CommandError(
            "There is a business in this database already; the sample goes into an empty one only."
        )
    demo.load(seed=options.seed)
    print("The sample business is loaded.")
    return 0
