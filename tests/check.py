"""`make check`: what must hold of the code besides its tests. Every check runs; the status says whether all held."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator

from tests.paths import ROOT

PYTHON = [sys.executable, "-m"]
BIN = os.path.dirname(sys.executable)
COMMANDS: dict[str, list[str]] = {
    "style": [*PYTHON, "ruff", "check", "."],
    "format": [*PYTHON, "ruff", "format", "--check", "."],
    "types": [*PYTHON, "mypy", "mikomi", "tests", "benchmarks", "conftest.py", "bootstrap.py"],
    "import contracts": [os.path.join(BIN, "lint-imports")],
    "migrations": [
        *PYTHON,
        "django",
        "makemigrations",
        "--check",
        "--dry-run",
        "--settings",
        "mikomi.settings",
    ],
    "translations": [*PYTHON, "tests.messages"],
}
FOREIGN_FILE = re.compile(
    r"(^|/)(node_modules|vendor|third_party)/|\.min\.(js|css)$|\.(woff2?|ttf|otf|eot|mo|whl)$"
)
FOREIGN_TEXT = re.compile(r"htmx\.org|jQuery v\d|@license|Copyright \(c\)(?!.*Mikomi)", re.IGNORECASE)
LARGEST_ASSET_BYTES = 60_000


def main() -> int:
    environment = os.environ | {"MIKOMI_ENV": "test", "MIKOMI_DATA": "/tmp" if os.path.isdir("/tmp") else "."}
    failed = []
    for name, command in COMMANDS.items():
        print(f"--- {name}", flush=True)
        if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode:
            failed.append(name)
    print("--- third-party files")
    foreign = list(third_party_files())
    print("\n".join(foreign) or "none")
    failed += ["third-party files"] if foreign else []
    print(f"\nFAILED: {', '.join(failed)}" if failed else "\nEvery check holds.")
    return 1 if failed else 0


def third_party_files() -> Iterator[str]:
    """Committed files that come from others: they belong into packages, not into the repository."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if FOREIGN_FILE.search(name):
            yield f"{name}: looks like a file of somebody else's"
        elif path.suffix in (".js", ".css") and path.exists():
            text = path.read_text(errors="replace")
            if FOREIGN_TEXT.search(text) or len(text) > LARGEST_ASSET_BYTES:
                yield f"{name}: looks like a copied library"


if __name__ == "__main__":
    sys.exit(main())
