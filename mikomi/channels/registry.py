"""The channels there are. A new one is a copied folder and a line in `CHANNELS` (docs/how-to/add-a-channel.md)."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from django.utils.functional import Promise as LazyText
from django.utils.module_loading import import_string

from mikomi.channels.models import Intake
from mikomi.channels.verdicts import Verdict

Read = Callable[[Intake], Verdict]
Deliver = Callable[[str], int]

CHANNELS = (
    "mikomi.channels.email.setup.CHANNEL",
    "mikomi.channels.webform.setup.CHANNEL",
    "mikomi.channels.api.CHANNEL",
)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,15}")


class WrongChannelError(ValueError):
    """A line of `CHANNELS` can't work; the sentence names it. Raised at start-up."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One way in or out.

    `reading`: opens what reads raw arrivals (none: nothing arrives by it); the function that it yields makes a
    verdict of an arrival and writes nothing. `deliver`: takes the worker's name, delivers the due messages of the
    outbox and answers how many (none: nothing leaves by it). `answers_by`: the channel by which answers go.
    """

    name: str
    label: str | LazyText
    answers_by: str
    reading: Callable[[], AbstractContextManager[Read]] | None = None
    deliver: Deliver | None = None


_channels: dict[str, Channel] = {}


def load(paths: tuple[str, ...] = CHANNELS) -> dict[str, Channel]:
    """Every channel by name. Raises `WrongChannelError` for the first line that can't work."""
    found: dict[str, Channel] = {}
    for path in paths:
        channel = _imported(path)
        _refuse_wrong(path, channel, found)
        found[channel.name] = channel
    for channel in found.values():
        if channel.answers_by not in found or found[channel.answers_by].deliver is None:
            raise WrongChannelError(
                f"The channel {channel.name!r} answers by {channel.answers_by!r}, which delivers nothing."
            )
    return found


def _imported(path: str) -> Channel:
    try:
        channel = import_string(path)
    except ImportError as error:
        raise WrongChannelError(f"{path} in channels/registry.py can't be imported: {error}") from error
    if not isinstance(channel, Channel):
        raise WrongChannelError(f"{path} in channels/registry.py is {channel!r}, which is not a Channel.")
    return channel


def _refuse_wrong(path: str, channel: Channel, found: dict[str, Channel]) -> None:
    if not _NAME.fullmatch(channel.name):
        raise WrongChannelError(
            f"{path} is named {channel.name!r}; a channel's name has at most 16 lower-case letters, digits and _."
        )
    if channel.name in found:
        raise WrongChannelError(f"{path} has the name {channel.name!r}, which another channel has already.")
    if channel.reading is None and channel.deliver is None:
        raise WrongChannelError(f"{path} neither reads nor delivers.")


def all_channels() -> dict[str, Channel]:
    """Every channel by name; loaded once."""
    if not _channels:
        _channels.update(load())
    return _channels


def channel_named(name: str) -> Channel:
    """The channel called `name`. Raises `KeyError`."""
    return all_channels()[name]


def delivers() -> list[Channel]:
    """The channels by which messages leave."""
    return [channel for channel in all_channels().values() if channel.deliver]
