"""Makes the table work: every play becomes a consumer of events, called `play:<name>`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mikomi.core.events import consumers
from mikomi.core.events.consumers import Handler
from mikomi.core.events.models import Event
from mikomi.playbook.play import Play

PREFIX = "play:"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,70}")


class WrongPlayError(ValueError):
    """A line of the table can't work; the sentence names it. Raised at start-up."""


def install(plays: Iterable[Play]) -> None:
    """Register the plays as consumers. Raises `WrongPlayError` for one that can't work."""
    for play in plays:
        _refuse_wrong(play)
        try:
            consumers.register(PREFIX + play.name, kinds=play.kinds, handle=handler_of(play))
        except ValueError as error:
            raise WrongPlayError(
                f"The play {play.name!r} in playbook/table.py can't work: {error}"
            ) from error


def _refuse_wrong(play: Play) -> None:
    if not isinstance(play, Play):
        raise WrongPlayError(f"playbook/table.py holds {play!r}, which is not a Play.")
    if not _NAME.fullmatch(play.name):
        raise WrongPlayError(
            f"The play {play.name!r} needs a name of lower-case letters, digits and _, at most 71 characters."
        )
    if not play.kinds:
        raise WrongPlayError(f"The play {play.name!r} names no kind of event in `on`.")
    if not callable(play.do) or not (play.when is None or callable(play.when)):
        raise WrongPlayError(f"`do` and `when` of the play {play.name!r} must be functions of an event.")


def handler_of(play: Play) -> Handler:
    """What the consumer of this play does with an event."""
    when = play.when
    if when is None:
        return play.do

    def handle(event: Event) -> None:
        if when(event):
            play.do(event)

    return handle
