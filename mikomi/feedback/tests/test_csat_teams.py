"""The satisfaction figure counts what its reader may see: the rows behind it are the rows they can open."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from mikomi.conversations.models import Conversation
from mikomi.core.access.actor import Actor
from mikomi.core.business.models import Team
from mikomi.customers.models import Customer
from mikomi.feedback import queries
from mikomi.feedback.models import Answer, Invitation

pytestmark = pytest.mark.django_db


def test_another_teams_answers_are_not_in_the_figure(
    owner: Actor, agent: Actor, stranger: Actor, customer: Customer, team: Team, noon: datetime
) -> None:
    for number, owned_by in enumerate((team, team, None)):
        talk = Conversation.objects.create(
            customer=customer, channel="email", team=owned_by, created_at=noon, last_message_at=noon
        )
        asked = Invitation.objects.create(
            token=f"t{number}", kind="csat", customer=customer, conversation=talk, asked_at=noon
        )
        Answer.objects.create(invitation=asked, score=5, answered_at=noon, is_poor=False)

    def counted(actor: Actor) -> tuple[int, int]:
        figure = queries.csat_figure(actor=actor, since=noon, until=noon + timedelta(seconds=1))
        return figure.answered, figure.asked

    assert (counted(owner), counted(agent), counted(stranger)) == ((3, 3), (3, 3), (1, 1))
