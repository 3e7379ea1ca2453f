"""`mikomi backup`: database and files in one archive, while everybody works on."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

HELP = "write the database and all files to one archive, without stopping"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("target", type=Path, nargs="?", help="default: backups/ in the data folder, by date")


def run(options: argparse.Namespace) -> int:
    from django.conf import settings

    from mikomi.core import clock
    from mikomi.ops import backups

    name = f"mikomi-{clock.now():%Y%m%d-%H%M%S}.tar.gz"
    made = backups.backup((options.target or settings.DATA_DIR / "backups" / name).absolute())
    print(f"{made.path} ({made.path.stat().st_size / 1e6:.1f} MB)")
    for sha256 in made.missing:
        print(f"The file store has lost or damaged {sha256}: it is not in the backup.", file=sys.stderr)
    return 1 if made.missing else 0
