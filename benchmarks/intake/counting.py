"""What was sent to us and by us, held against what is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from benchmarks.intake.customers import Customers, id_of
from benchmarks.mails import Mail
from tests.servers import Received


def examine(replies: dict[str, str]) -> dict[str, Any]:
    """What the database holds at the end."""
    import re

    from mikomi.channels.models import Intake, ServerCopy
    from mikomi.conversations.models import Message
    from mikomi.outbox.models import OutgoingMessage

    pattern = re.compile(r"\b(?:mark|reply|bounce)\d{6}x")
    own = dict(
        Message.objects.filter(outgoing__isnull=False).values_list("outgoing__message_id", "conversation_id")
    )
    texts = [
        (match[0], conversation_id)
        for text, conversation_id in Message.objects.filter(direction="in").values_list(
            "text", "conversation_id"
        )
        if (match := pattern.search(text))
    ]
    place = dict(texts)
    return {
        "markers": [marker for marker, _conversation in texts],
        "astray": sum(
            1 for marker, sent in replies.items() if marker in place and place[marker] != own.get(sent)
        ),
        "intakes": list(Intake.objects.values_list("message_id", "state")),
        "copies": ServerCopy.objects.exclude(intake=None).count(),
        "outgoing": list(OutgoingMessage.objects.values_list("message_id", "state")),
    }


def count_up(
    generated: Sequence[Mail], people: Customers, left: Sequence[Received], found: dict[str, Any]
) -> dict[str, Any]:
    """Hold what was sent to us and by us against what is there."""
    wanted = {mail.marker for mail in generated if mail.kind not in ("bounce", "copy")}
    wanted |= people.bounces.keys()
    markers = Counter(found["markers"])
    arrived = Counter(message_id for message_id, _state in found["intakes"])
    ids = {mail.message_id for mail in generated}
    sent = Counter(id_of(answer) for answer in left)
    states = dict(found["outgoing"])
    return {
        "states": dict(Counter(state for _id, state in found["intakes"])),
        "on_server": len(generated) + len(people.replies) + len(people.bounces),
        "accounted_for": found["copies"],
        "lost": len(wanted - markers.keys()) + len(ids - arrived.keys()),
        "doubled": sum(n - 1 for n in markers.values()) + sum(n - 1 for n in arrived.values()),
        "replies": len(people.replies),
        "replies_lost": len(people.replies.keys() - markers.keys()),
        "replies_astray": found["astray"],
        "bounces_of_ours": len(people.bounces),
        "answers": len(found["outgoing"]),
        "answers_sent": len(sent),
        "answer_states": dict(Counter(states.values())),
        "sent_twice": sum(n - 1 for n in sent.values()),
        "sent_unknown": len(sent.keys() - states.keys()),
        "marked_sent_but_not_sent": sum(
            1 for message_id, state in states.items() if state == "sent" and message_id not in sent
        ),
    }
