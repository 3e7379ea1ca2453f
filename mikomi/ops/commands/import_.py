"""`mikomi import`: a file of orders or customers, as the page under Orders › Import does it."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "import a file of orders or customers"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--content", choices=("orders", "customers"), help="default: recognised from the columns"
    )
    parser.add_argument("--store", default="", help="code of the store that the orders belong to")
    parser.add_argument(
        "--live", action="store_true", help="not history: promises are watched, customers are told"
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would happen and change nothing")


def run(options: argparse.Namespace) -> int:
    from mikomi.ops import importing

    return importing.run_import(
        options.file, content=options.content or "", store_code=options.store, live=options.live,
        dry_run=options.dry_run,
    )  # fmt: skip
