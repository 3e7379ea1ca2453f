"""Makes conversations out of the dialogues in ja.toml and en.toml: the same seed makes the same ones."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from mikomi.conversations.records import HistoricConversation, HistoricMessage
from mikomi.conversations.samples.slots import CHANNELS, CLOSINGS, GREETINGS, ITEMS, Slots

_FOLDER = Path(__file__).resolve().parent
_CHOICE = re.compile(r"\[([^\[\]]*\|[^\[\]]*)\]")
_SLOT = re.compile(r"\{(\w+)\}")
_FRESH = timedelta(days=4)
_DIRECTIONS = {"C": "in", "S": "out", "N": "note"}


@dataclass(frozen=True, slots=True)
class SampleCustomer:
    """A customer to make conversations with. `orders`: names of their orders; `items`: what they bought."""

    id: int
    name: str
    family_name: str
    email: str = ""
    language: str = "ja"
    orders: Sequence[str] = ()
    items: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class SampleStaff:
    """A colleague who answers, and their team if the conversation belongs to one."""

    id: int
    name: str
    team_id: int | None = None


@dataclass(frozen=True, slots=True)
class _Scene:
    """Who talks with whom, in which shop and language, and what the dialogue's slots hold."""

    customer: SampleCustomer
    staff: SampleStaff
    shop: str
    language: str
    slots: Slots


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A pattern: subjects to choose from, turns in order, how grave it is."""

    topic: str
    subject: list[str]
    turns: list[str]
    severity: str = "normal"


@lru_cache(maxsize=4)
def dialogues(language: str) -> tuple[Dialogue, ...]:
    """The dialogues of a language."""
    data = tomllib.loads((_FOLDER / f"{language}.toml").read_text("utf-8"))
    return tuple(Dialogue(**part) for part in data["dialogue"])


def conversations(
    *,
    seed: int,
    count: int,
    customers: Sequence[SampleCustomer],
    staff: Sequence[SampleStaff],
    until: datetime,
    days: int = 540,
    shop: str = "",
) -> Iterator[HistoricConversation]:
    """`count` conversations of the last `days` days, the oldest first.

    Nearly all lie in the past and are closed; those of the last days are at every stage: waiting for a first
    answer, answered, set aside. More of them come on Mondays and before the year's end, as in a real shop.
    """
    chance = random.Random(seed)
    moments = sorted(_moment(chance, until, days) for _number in range(count))
    for began in moments:
        customer = chance.choice(customers)
        language = "ja" if customer.language.startswith("ja") else "en"
        slots = Slots(chance, customer, began, language)
        scene = _Scene(customer, chance.choice(staff), shop, language, slots)
        yield _conversation(chance, scene, began, until)


def _moment(chance: random.Random, until: datetime, days: int) -> datetime:
    """A moment of the past, by day rather than by night; thinner at weekends."""
    while True:
        moment = until - timedelta(days=days * chance.random() ** 1.4)
        weight = 0.5 if moment.weekday() >= 5 else 1.0
        if chance.random() < weight:
            break
    # 8:00 to 23:00 on a clock in Japan (UTC+9), most in the evening.
    minutes = int(chance.triangular(8 * 60, 23 * 60, 20 * 60)) - 9 * 60
    moment = moment.replace(hour=0, minute=0, second=chance.randrange(60), microsecond=0)
    moment += timedelta(minutes=minutes)
    return moment if moment < until else until - timedelta(minutes=chance.randrange(5, 300))


def _conversation(
    chance: random.Random, scene: _Scene, began: datetime, until: datetime
) -> HistoricConversation:
    dialogue = chance.choice(dialogues(scene.language))
    turns = [(turn[0], _filled(chance, turn[2:].strip(), scene.slots)) for turn in dialogue.turns]
    moments = _pace(chance, began, turns)
    messages = tuple(
        _message(chance, who, text, at, scene)
        for (who, text), at in zip(turns, moments, strict=True)
        if at < until
    )
    ending = _ending(chance, messages, until, len(messages) == len(turns))
    return HistoricConversation(
        customer_id=scene.customer.id,
        channel=chance.choices(list(CHANNELS), list(CHANNELS.values()))[0],
        subject=_filled(chance, chance.choice(dialogue.subject), scene.slots),
        messages=messages,
        language=scene.language,
        severity=dialogue.severity,
        assignee_id=scene.staff.id if any(part.direction == "out" for part in messages) else None,
        team_id=scene.staff.team_id,
        from_name=scene.customer.name,
        from_address=scene.customer.email,
        state=ending.state,
        closed_at=ending.closed_at,
        snoozed_until=ending.snoozed_until,
    )


@dataclass(frozen=True, slots=True)
class _Ending:
    """How a conversation stands at the end."""

    state: str = "open"
    closed_at: datetime | None = None
    snoozed_until: datetime | None = None


def _ending(
    chance: random.Random, messages: Sequence[HistoricMessage], until: datetime, is_whole: bool
) -> _Ending:
    """Closed some time after its last message; of the last days many are still open, a few set aside."""
    closes = messages[-1].sent_at + timedelta(hours=chance.uniform(0.1, 40))
    is_fresh = until - messages[-1].sent_at < _FRESH and chance.random() < 0.6
    if is_whole and closes < until and not is_fresh:
        return _Ending("closed", closed_at=closes)
    if chance.random() < 0.08 and messages[-1].direction != "in":
        return _Ending("snoozed", snoozed_until=until + timedelta(hours=chance.uniform(2, 96)))
    return _Ending()


def _pace(chance: random.Random, began: datetime, turns: Sequence[tuple[str, str]]) -> list[datetime]:
    """When each turn was written: staff within hours, notes within minutes, customers by the evening or the day."""
    moments, moment = [began], began
    for who, _text in turns[1:]:
        hours = {
            "S": chance.lognormvariate(0.9, 0.8),
            "N": chance.uniform(0.05, 0.6),
            "C": chance.lognormvariate(2.0, 1.0),
        }[who]
        moment += timedelta(hours=min(hours, 120))
        moments.append(moment)
    return moments


def _filled(chance: random.Random, text: str, slots: Slots) -> str:
    chosen = _CHOICE.sub(lambda match: chance.choice(match[1].split("|")), text)
    return _SLOT.sub(lambda match: slots[match[1]], chosen)


def _message(chance: random.Random, who: str, text: str, at: datetime, scene: _Scene) -> HistoricMessage:
    direction = _DIRECTIONS[who]
    if direction != "note":
        customer, staff = scene.customer, scene.staff
        values = {
            "customer": customer.name,
            "family": customer.family_name,
            "staff": staff.name,
            "shop": scene.shop,
        }
        opening = chance.choice(GREETINGS[scene.language, direction]).format(**values)
        closing = chance.choice(CLOSINGS[scene.language, direction]).format(**values)
        text = "\n\n".join(part for part in (opening, text, closing) if part)
    return HistoricMessage(direction, text, at, None if direction == "in" else scene.staff.id)


__all__ = ["ITEMS", "Dialogue", "SampleCustomer", "SampleStaff", "conversations", "dialogues"]
