"""`mikomi createowner`: the first person who may sign in, or one more when nobody can any longer."""

from __future__ import annotations

import argparse
import getpass
import os

HELP = "add an owner; asks for the password"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("email")
    parser.add_argument("--name", default="")
    parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")


def run(options: argparse.Namespace) -> int:
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email

    from mikomi.core.access import operations
    from mikomi.core.access.actor import SYSTEM
    from mikomi.core.access.models import User
    from mikomi.core.access.rules import Role
    from mikomi.ops.cli import CommandError

    password = os.read(0, 1000).decode().strip() if options.password_stdin else getpass.getpass("Password: ")
    try:
        validate_email(options.email)
        validate_password(password)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
    if User.objects.filter(email__iexact=options.email).exists():
        raise CommandError(f"{options.email} is there already.")
    operations.create_user(
        actor=SYSTEM,
        email=options.email,
        name=options.name or options.email,
        role=Role.OWNER,
        password=password,
    )
    print(f"{options.email} may sign in as an owner.")
    return 0
