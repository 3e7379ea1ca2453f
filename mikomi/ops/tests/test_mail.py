"""`mikomi mail …` on the command line."""

from __future__ import annotations

import os
import signal
import smtplib
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from mikomi.channels.email.tests.mails import mail
from mikomi.channels.models import Intake, Mailbox
from mikomi.ops import checkup
from mikomi.ops import mail as mails
from mikomi.ops.cli import CommandError, parser
from tests import processes
from tests.paths import ROOT
from tests.servers import HOST, free_port

pytestmark = pytest.mark.django_db


def test_a_folder_is_imported_with_its_progress(
    business: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Mailbox.objects.create(address="support@shop.example")
    (tmp_path / "old").mkdir()
    (tmp_path / "old/one.eml").write_bytes(mail("1"))
    (tmp_path / "old/notes.txt").write_bytes(b"no mail")
    assert mails.take_in(tmp_path / "old", "") == 0
    said = capsys.readouterr().out
    assert "1 taken in, 0 known already, 1 refused" in said
    assert "notes.txt: not_mail" in said
    assert mails.take_in(tmp_path / "old", "support@shop.example") == 0
    assert "0 taken in, 1 known already" in capsys.readouterr().out
    assert Intake.objects.count() == 1


def test_the_mailbox_is_named_where_there_are_two(business: object, tmp_path: Path) -> None:
    for name in ("a", "b"):
        Mailbox.objects.create(address=f"{name}@shop.example")
    with pytest.raises(CommandError, match=r"--mailbox.*a@shop.example, b@shop.example"):
        mails.take_in(tmp_path, "")
    with pytest.raises(CommandError, match="can't be read"):
        mails.take_in(tmp_path / "nothing", "a@shop.example")


def test_reading_again_says_what_changed(business: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert mails.read_again(everything=True, dry_run=True) == 0
    assert "0 messages read again, 0 would change." in capsys.readouterr().out


def test_the_arguments() -> None:
    options = parser().parse_args(["mail", "reparse", "--all", "--dry-run"])
    assert (options.command, options.verb, options.all, options.dry_run) == ("mail", "reparse", True, True)
    with pytest.raises(CommandError, match="smtp://"):
        mails.listen("pigeon://roof")
    with pytest.raises(CommandError, match="MIKOMI_MAIL_LISTEN"):
        mails.listen("")


def test_the_doctor_tries_the_door(settings: Settings) -> None:
    with socket.create_server((HOST, 0)) as open_door:
        port = open_door.getsockname()[1]
        settings.MAIL_LISTEN = [("smtp", HOST, port), ("lmtp", HOST, free_port())]
        assert [finding.ok for finding in checkup.mail_doors()] == [True, False]


@pytest.mark.django_db(transaction=True)
def test_it_listens_until_it_is_told_to_stop(shared_database: str, tmp_path: Path) -> None:
    port = free_port()
    program = (
        "from mikomi.channels.models import Mailbox; Mailbox.objects.create(address='support@shop.example')"
    )
    processes.run(program, shared_database, tmp_path)
    environment = dict(os.environ) | {
        "MIKOMI_DATABASE": shared_database, "MIKOMI_DATA": str(tmp_path), "MIKOMI_ENV": "test",
        "DJANGO_SETTINGS_MODULE": "mikomi.settings",
    }  # fmt: skip
    command = [sys.executable, "-m", "mikomi", "mail", "listen", "--at", f"smtp://{HOST}:{port}"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert str(port) in process.stdout.readline()
        for _try in range(100):
            try:
                with smtplib.SMTP(HOST, port, timeout=10) as client:
                    client.sendmail("x@example.jp", ["support@shop.example"], mail())
                break
            except ConnectionRefusedError:
                time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()
    count = processes.run(
        "from mikomi.channels.models import Intake; print(Intake.objects.count())", shared_database, tmp_path
    )
    assert count.strip() == "1"
