"""`mikomi run`: what `make run` does. Data folder, secret key, migrations, sample business, web and worker."""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from pathlib import Path

from mikomi import config
from mikomi.ops import freshness
from mikomi.ops.freshness import Look

HELP = "try Mikomi on this machine: everything in one command, with a sample business"
OWNER = "owner@shop.example"
SIGN_INS = f"{OWNER} (owner) · manager@shop.example (manager) · agent@shop.example (agent)"
PASSWORD = "mikomi-sample"  # noqa: S105 - of the sample business, printed for everybody to see


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument(
        "--demo", type=int, choices=(0, 1), default=1, help="1: with the sample business, 0: empty"
    )


def run(options: argparse.Namespace) -> int:
    from mikomi.ops import serving

    serving.refuse_used_port(options.host, options.port)
    choose_settings(options.host, options.port)
    found = look()
    if found is None or (options.demo and not found.has_business):
        found = prepare(with_sample=bool(options.demo))
        if look() is not None:
            # Begin anew without Django, which the process that only watches the others need not keep in memory.
            os.execv(sys.executable, sys.orig_argv)  # noqa: S606 - the same command once more
    announce(options.host, options.port, found)
    return serving.serve(host=options.host, port=options.port, with_worker=True)


def look() -> Look | None:
    """What is there without starting Django; none where something has to be prepared, or on PostgreSQL."""
    from mikomi import translations

    translations.compile_if_older()
    values = config.load()
    database = values["MIKOMI_DATABASE"]
    if database["engine"] != "sqlite":
        return None
    return freshness.look(values["MIKOMI_DATA"] / database["name"], email=OWNER)


def choose_settings(host: str, port: int) -> None:
    """Settings for one machine; whatever is set in the environment wins."""
    defaults = {
        "MIKOMI_ENV": "development",
        "MIKOMI_URL": f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{port}",  # noqa: S104
        "MIKOMI_HOSTS": "*" if host in ("0.0.0.0", "::") else f"{host},127.0.0.1,localhost",  # noqa: S104
        "MIKOMI_LOG": "warning",
    }
    for name, value in defaults.items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("MIKOMI_SECRET_KEY", kept_secret(config.load()["MIKOMI_DATA"]))


def kept_secret(folder: Path) -> str:
    """A random key, made once and kept in the data folder, so that sessions and sealed passwords survive."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "secret.key"
    if not path.exists():
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()


def prepare(*, with_sample: bool) -> Look:
    """Bring the database to this version and load the sample into an empty one; a business is left as it is."""
    from mikomi.ops import cli

    cli.prepare()
    from mikomi.core.access.models import User
    from mikomi.core.business.models import Business
    from mikomi.ops import demo, upgrading

    upgrading.upgrade()
    if with_sample and not Business.objects.exists():
        print("Loading the sample business …", flush=True)
        demo.load()
    emails = set(User.objects.values_list("email", flat=True))
    return Look(Business.objects.exists(), OWNER in emails, bool(emails))


def announce(host: str, port: int, found: Look) -> None:
    address = f"http://{host}:{port}"
    if found.has_user:
        print(f"Mikomi is at {address} — sign in as {SIGN_INS}, password {PASSWORD}", flush=True)
    elif found.has_users:
        print(f"Mikomi is at {address}", flush=True)
    else:
        print(f"Mikomi is at {address} — open it to set up your business", flush=True)
