"""Configuration from environment variables (`MIKOMI_…`): one list, read once, refused clearly when wrong.

Every variable stands in `VARIABLES` with its default, its meaning and what it may be; `docs/configuration.md`
is made from it. A wrong value raises `ConfigurationError`, which names variable, value and what is allowed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from zoneinfo import available_timezones

ROOT = Path(__file__).resolve().parent.parent


class ConfigurationError(Exception):
    """A variable has a value that Mikomi can't start with."""

    def __init__(self, variable: str, value: str, allowed: str) -> None:
        super().__init__(f"{variable}={value!r} is not usable. Allowed: {allowed}.")
        self.variable, self.value, self.allowed = variable, value, allowed


@dataclass(frozen=True, slots=True)
class Variable:
    """One setting: its name, default, meaning, the words for what is allowed, and the reader that checks it."""

    name: str
    default: str
    meaning: str
    allowed: str
    read: Callable[[str], Any]
    secret: bool = False


def _text(value: str) -> str:
    return value


def _flag(value: str) -> bool:
    words = {
        "1": True,
        "true": True,
        "yes": True,
        "on": True,
        "0": False,
        "false": False,
        "no": False,
        "off": False,
    }
    return words[value.lower()]


def _one_of(*names: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value not in names:
            raise ValueError(value)
        return value

    return read


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        number = int(value)
        if not low <= number <= high:
            raise ValueError(value)
        return number

    return read


def _zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError(value)
    return value


def _hosts(value: str) -> list[str]:
    hosts = [host.strip() for host in value.split(",") if host.strip()]
    if not all(re.fullmatch(r"\*|\.?[A-Za-z0-9:\[\].-]+", host) for host in hosts):
        raise ValueError(value)
    return hosts


def _origin(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/")):
        raise ValueError(value)
    return value.rstrip("/")


def _folder(value: str) -> Path:
    path = Path(value).expanduser()
    return path if path.is_absolute() else ROOT / path


def _database(value: str) -> dict[str, Any]:
    """`sqlite:///PATH` (relative to the data folder) or `postgresql://USER:PASSWORD@HOST:PORT/NAME`."""
    parts = urlsplit(value)
    if parts.scheme == "sqlite" and parts.path.strip("/"):
        return {"engine": "sqlite", "name": value.removeprefix("sqlite:///")}
    if parts.scheme in ("postgres", "postgresql") and parts.path.strip("/"):
        query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
        return {
            "engine": "postgresql",
            "name": unquote(parts.path.lstrip("/")),
            "user": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "host": unquote(parts.hostname or query.get("host", "")),
            "port": str(parts.port or ""),
        }
    raise ValueError(value)


def _files(value: str) -> dict[str, str]:
    """Empty (the data folder) or `s3://BUCKET/PREFIX?endpoint=URL&region=NAME`."""
    if not value:
        return {}
    parts = urlsplit(value)
    query = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
    if parts.scheme != "s3" or not parts.hostname or set(query) - {"endpoint", "region"}:
        raise ValueError(value)
    return {"bucket": parts.netloc, "prefix": parts.path.strip("/"), **query}


def _scanner(value: str) -> str:
    if value and not re.fullmatch(r"unix:/.+|[^\s/]+:\d{1,5}", value):
        raise ValueError(value)
    return value


def doors(value: str) -> list[tuple[str, str, int]]:
    """Protocol, host and port of each `smtp://HOST:PORT` or `lmtp://HOST:PORT`. Raises `ValueError`."""
    found: list[tuple[str, str, int]] = []
    for word in filter(None, (word.strip() for word in value.split(","))):
        parts = urlsplit(word)
        if (
            parts.scheme not in ("smtp", "lmtp")
            or not parts.hostname
            or not parts.port
            or parts.path.strip("/")
        ):
            raise ValueError(value)
        found.append((parts.scheme, parts.hostname, parts.port))
    return found


def _file(value: str) -> Path | None:
    if value and not Path(value).is_file():
        raise ValueError(value)
    return Path(value) if value else None


ON_OFF = "1/0, true/false, yes/no, on/off"
VARIABLES: tuple[Variable, ...] = (
    Variable(
        "MIKOMI_ENV",
        "production",
        "What this installation is for: `production` refuses unsafe settings.",
        "production, development, test",
        _one_of("production", "development", "test"),
    ),
    Variable("MIKOMI_DEBUG", "0", "Django's debug pages; never in production.", ON_OFF, _flag),
    Variable(
        "MIKOMI_SECRET_KEY",
        "",
        "Signs sessions, reply tokens and links. At least 32 characters.",
        "a random text of 32 characters or more",
        _text,
        secret=True,
    ),
    Variable(
        "MIKOMI_DATA",
        "var",
        "Folder of the database, files and backups; relative to the checkout.",
        "a folder's path",
        _folder,
    ),
    Variable(
        "MIKOMI_DATABASE",
        "sqlite:///mikomi.sqlite3",
        "Where the data lives.",
        "sqlite:///FILE or postgresql://USER:PASSWORD@HOST:PORT/NAME",
        _database,
        secret=True,
    ),
    Variable(
        "MIKOMI_HOSTS",
        "127.0.0.1,localhost,[::1]",
        "Host names under which the pages may be opened.",
        "host names separated by commas",
        _hosts,
    ),
    Variable(
        "MIKOMI_URL",
        "",
        "The public address, used in links of e-mails; empty: taken from host and port.",
        "http://HOST or https://HOST, no path",
        _origin,
    ),
    Variable("MIKOMI_HTTPS", "1", "Served over HTTPS: secure cookies, HSTS, redirect.", ON_OFF, _flag),
    Variable(
        "MIKOMI_TIME_ZONE",
        "Asia/Tokyo",
        "The zone of a new business, before it has chosen its own.",
        "an IANA name such as Asia/Tokyo",
        _zone,
    ),
    Variable(
        "MIKOMI_LANGUAGE", "ja", "The language before anybody has chosen one.", "ja, en", _one_of("ja", "en")
    ),
    Variable(
        "MIKOMI_LOG",
        "info",
        "How much is logged.",
        "debug, info, warning, error",
        _one_of("debug", "info", "warning", "error"),
    ),
    Variable(
        "MIKOMI_LOG_FORMAT", "text", "Logs for people or for machines.", "text, json", _one_of("text", "json")
    ),
    Variable(
        "MIKOMI_MAX_UPLOAD_MB",
        "512",
        "The largest file that may be uploaded, in MB.",
        "1 to 10240",
        _whole(1, 10240),
    ),
    Variable(
        "MIKOMI_FILES",
        "",
        "Where files lie; empty: in the data folder. An S3-compatible store needs the package django-storages[s3].",
        "s3://BUCKET/PREFIX?endpoint=https://HOST&region=NAME",
        _files,
    ),
    Variable(
        "MIKOMI_FILES_KEY",
        "",
        "Access key of the store of files; empty: as its library finds it.",
        "an access key",
        _text,
    ),
    Variable(
        "MIKOMI_FILES_SECRET", "", "Secret key of the store of files.", "a secret key", _text, secret=True
    ),
    Variable(
        "MIKOMI_CLAMD",
        "",
        "The virus scanner (ClamAV's clamd) that every attachment is shown to; empty: none.",
        "HOST:PORT or unix:/PATH",
        _scanner,
    ),
    Variable(
        "MIKOMI_MAIL_LISTEN",
        "",
        "Where the worker takes mail itself; empty: nowhere. For the mailboxes' own addresses only.",
        "smtp://HOST:PORT and lmtp://HOST:PORT, separated by commas",
        doors,
    ),
    Variable(
        "MIKOMI_MAIL_MAX_MB",
        "50",
        "The largest message that is taken there, in MB.",
        "1 to 1024",
        _whole(1, 1024),
    ),
    Variable(
        "MIKOMI_MAIL_CERTIFICATE",
        "",
        "Certificate and key for STARTTLS there, in one PEM file; empty: no TLS.",
        "a file's path",
        _file,
    ),
    Variable(
        "MIKOMI_KEEP_DELIVERIES_DAYS",
        "90",
        "So many days the note stays that a play or webhook has worked on an event; the events themselves stay.",
        "1 to 3650",
        _whole(1, 3650),
    ),
    Variable(
        "MIKOMI_PROXIES",
        "0",
        "How many trusted proxies stand before the web process (for addresses of callers).",
        "0 to 5",
        _whole(0, 5),
    ),
    Variable(
        "MIKOMI_ALLOW_PRIVATE_WEBHOOKS",
        "0",
        "Let outgoing webhooks reach private and loopback addresses (tests, one machine).",
        ON_OFF,
        _flag,
    ),
    Variable(
        "MIKOMI_ALLOW_PRIVATE_PAGES",
        "0",
        "Let the check of the business's own pages reach private and loopback addresses (tests, an intranet).",
        ON_OFF,
        _flag,
    ),
)


def load(environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """All settings by name. Raises `ConfigurationError` for the first one that is wrong."""
    source = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    for variable in VARIABLES:
        text = source.get(variable.name, variable.default)
        try:
            values[variable.name] = variable.read(text)
        except (ValueError, KeyError) as error:
            shown = "(hidden)" if variable.secret else text
            raise ConfigurationError(variable.name, shown, variable.allowed) from error
    _refuse_unknown(source)
    _refuse_unsafe(values)
    return values


def _refuse_unknown(source: Mapping[str, str]) -> None:
    """A misspelt variable would be ignored silently; so it is refused."""
    known = {variable.name for variable in VARIABLES}
    for name, value in source.items():
        if name.startswith("MIKOMI_") and name not in known and not name.startswith("MIKOMI_TEST_"):
            raise ConfigurationError(name, value, "one of " + ", ".join(sorted(known)))


def _refuse_unsafe(values: dict[str, Any]) -> None:
    if values["MIKOMI_ENV"] != "production":
        return
    if len(values["MIKOMI_SECRET_KEY"]) < 32:
        raise ConfigurationError(
            "MIKOMI_SECRET_KEY", "(hidden)", "a random text of 32 characters or more in production"
        )
    if values["MIKOMI_DEBUG"]:
        raise ConfigurationError("MIKOMI_DEBUG", "1", "0 in production")


def documentation() -> str:
    """The table of all variables, as it stands in docs/configuration.md."""
    rows = ["| variable | default | allowed | what it means |", "| --- | --- | --- | --- |"]
    for one in VARIABLES:
        default = f"`{one.default}`" if one.default else "(empty)"
        rows.append(f"| `{one.name}` | {default} | {one.allowed} | {one.meaning} |")
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    print(
        f"# Configuration\n\nEnvironment variables; a wrong or misspelt one is refused.\n\n{documentation()}",
        end="",
    )
