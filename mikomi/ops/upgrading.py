"""Bring the database and the static files to this version."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from mikomi import __version__, translations
from mikomi.ops import freshness
from mikomi.ops.cli import CommandError


def upgrade() -> None:
    """Migrate, compile translations, collect static files, add missing default texts. Safe to repeat."""
    for folder in (settings.DATA_DIR, settings.STATIC_ROOT):
        folder.mkdir(parents=True, exist_ok=True)
    translations.compile_if_older()
    if has_pending_migrations():
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
    stamp_database()
    collect_static_files()


def stamp_database() -> None:
    """Let `freshness.look` know that the database is of this version."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA user_version = {freshness.stamp_of_code()}")


def has_pending_migrations() -> bool:
    """Whether the database is older than the code."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def half_restored() -> Path:
    """The file that is there while a backup is being put back: what stands in the database then must not go on."""
    return Path(settings.DATA_DIR, "restoring")


def refuse_old_database() -> None:
    """Raise `CommandError` when `mikomi upgrade` has to come first, or a restore that broke off."""
    if half_restored().exists():
        raise CommandError("A backup was not put back to its end. Run again: mikomi restore --replace")
    if has_pending_migrations():
        raise CommandError("The database is older than this version. Make a backup, then run: mikomi upgrade")


def collect_static_files() -> None:
    """Collect and compress what pages load, once per version of the code."""
    mark = settings.STATIC_ROOT / "version.txt"
    if settings.ENVIRONMENT == "production" and not (mark.exists() and mark.read_text() == __version__):
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
        mark.write_text(__version__)
