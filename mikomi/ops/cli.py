"""The `mikomi` command: one file per sub-command in `ops/commands/`.

A command is a module with HELP, `arguments(parser)` and `run(options) -> int`. Errors that a person can mend are
raised as `CommandError` and printed as one sentence; anything else is a fault of ours and shows its traceback.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from mikomi import __version__, config

COMMANDS = (
    "run", "serve", "worker", "upgrade", "import", "mail", "demo", "backup", "restore", "doctor", "createowner",
)  # fmt: skip
NEEDS_NO_DJANGO = {"run"}


class CommandError(Exception):
    """Something the person at the keyboard can mend; the text says how."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a sub-command; returns the exit status."""
    options = parser().parse_args(arguments)
    try:
        if options.command not in NEEDS_NO_DJANGO:
            prepare()
        return int(module_of(options.command).run(options) or 0)
    except (CommandError, config.ConfigurationError) as error:
        print(f"mikomi: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def parser() -> argparse.ArgumentParser:
    """The parser with all sub-commands."""
    top = argparse.ArgumentParser(
        prog="mikomi", description="Manage what your customers expect, and keep it."
    )
    top.add_argument("--version", action="version", version=__version__)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in COMMANDS:
        module = module_of(name)
        one = commands.add_parser(name, help=module.HELP, description=module.HELP)
        module.arguments(one)
    return top


def module_of(name: str):  # type: ignore[no-untyped-def]
    """The module of a sub-command; `import` is a word of Python, so its file is `import_`."""
    return importlib.import_module(
        f"mikomi.ops.commands.{name}_" if name == "import" else f"mikomi.ops.commands.{name}"
    )


def prepare() -> None:
    """Read the configuration and start Django. Raises `ConfigurationError` for a wrong variable."""
    import django

    config.load()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mikomi.settings")
    django.setup()
    from mikomi.core import collector

    collector.settle()
