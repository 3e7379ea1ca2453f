"""How fast django-helpdesk takes in the mails of benchmarks/mails.py: run by `benchmarks.intake`, in a Python with it.

    PYTHON benchmarks/beside_helpdesk.py COUNT

Each mail goes through its `extract_email_metadata`, as its own `get_email` command calls it, into a temporary SQLite
file with the settings of its documentation, notices to nobody. It prints JSON; `not_taken`: mails at which it raised.
"""

from __future__ import annotations

import json
import logging
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def main(count: int) -> None:
    sys.path.insert(0, str(ROOT))
    from benchmarks import mails

    raws = [mail.raw for mail in mails.generate(count)]
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        set_up(Path(folder))
        print(json.dumps(measure(raws)))


def set_up(folder: Path) -> None:
    """Django with django-helpdesk on an empty database."""
    import django
    from django.conf import settings
    from django.core.management import call_command

    settings.configure(
        SECRET_KEY="benchmark",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "helpdesk.sqlite3"}},
        INSTALLED_APPS=[
            "django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
            "django.contrib.sites", "django.contrib.messages", "django.contrib.humanize", "helpdesk",
            "rest_framework", "django_cleanup.apps.CleanupConfig",
        ],
        SITE_ID=1,
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
        MEDIA_ROOT=str(folder / "media"),
        ROOT_URLCONF="urls_of_the_benchmark",
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        HELPDESK_TEAMS_MODE_ENABLED=False,
    )  # fmt: skip
    django.setup()
    from django.urls import include, path

    urls: Any = ModuleType("urls_of_the_benchmark")
    urls.urlpatterns = [path("helpdesk/", include("helpdesk.urls", namespace="helpdesk"))]
    sys.modules["urls_of_the_benchmark"] = urls
    call_command("migrate", verbosity=0, interactive=False)


def measure(raws: list[bytes]) -> dict[str, Any]:
    """Take in every mail; what it took."""
    from helpdesk.email import extract_email_metadata
    from helpdesk.models import Queue, Ticket

    from benchmarks import stopwatch

    queue = Queue.objects.create(title="Support", slug="support", email_address="support@shop.example")
    log = logging.getLogger("helpdesk")
    failed, began = 0, stopwatch.now()
    for raw in raws:
        try:
            extract_email_metadata(raw.decode("utf-8", "replace"), queue, log)
        except Exception:
            failed += 1
    return (stopwatch.now() - began).figures(len(raws)) | {
        "tickets": Ticket.objects.count(),
        "not_taken": failed,
    }


if __name__ == "__main__":
    main(int(sys.argv[1]))
