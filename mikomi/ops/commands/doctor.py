"""`mikomi doctor`: is this installation well, and if not, how to mend it."""

from __future__ import annotations

import argparse

HELP = "check the installation: what is wrong and how to mend it"
MARKS = {True: "ok  ", False: "BAD ", None: "note"}


def arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(options: argparse.Namespace) -> int:
    from mikomi.ops.checkup import check_up

    bad = 0
    for finding in check_up():
        bad += finding.ok is False
        print(f"{MARKS[finding.ok]}  {finding.name}: {finding.text}")
        if finding.ok is False and finding.remedy:
            print(f"      → {finding.remedy}")
    return 1 if bad else 0
