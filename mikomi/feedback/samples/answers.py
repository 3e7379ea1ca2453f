"""Answers of the past for the sample business: asked after closed conversations, most of them good."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from random import Random

from django.db import transaction

from mikomi.conversations.models import Conversation
from mikomi.core.events.kinds import Code
from mikomi.core.events.operations import Happening, record_many
from mikomi.feedback import rules
from mikomi.feedback.events import FeedbackAnswered, FeedbackAsked
from mikomi.feedback.models import Answer, Invitation

SCORES = (5, 5, 5, 5, 4, 4, 4, 4, 3, 3, 2, 1)
WORDS = {
    5: (
        "とても丁寧で助かりました。",
        "すぐにお返事をいただけて安心しました。",
        "Wonderful service, thank you!",
        "",
    ),
    4: ("ありがとうございました。", "思ったより早く届きました。", "", ""),
    3: ("返信がもう少し早いとうれしいです。", "", ""),
    2: ("届くのが予定より遅かったです。", "説明が分かりにくかったです。"),
    1: ("お詫びの連絡がありませんでした。", "同じことを二度説明しました。"),
}
SHARE_ASKED, SHARE_ANSWERED = 0.5, 0.35


@transaction.atomic
def load_answers(*, seed: int, until: datetime) -> int:
    """Ask about some of the closed conversations and let some customers answer; how many did. History only."""
    random = Random(seed)
    rows = Conversation.objects.filter(closed_at__isnull=False, closed_at__lt=until - timedelta(days=2))
    asked = [
        Invitation(
            token=secrets.token_urlsafe(12), customer_id=customer_id, conversation_id=pk,
            asked_at=closed_at + timedelta(hours=1),
        )
        for pk, customer_id, closed_at in rows.order_by("id").values_list("id", "customer_id", "closed_at")
        if closed_at is not None and random.random() < SHARE_ASKED
    ]  # fmt: skip
    asked = Invitation.objects.bulk_create(asked, batch_size=500)
    answers = Answer.objects.bulk_create(
        [_answer(random, one) for one in asked if random.random() < SHARE_ANSWERED], batch_size=500
    )
    record_many([
        Happening(FeedbackAsked(one.pk, Code(one.kind)), one.customer_id, one.asked_at, backfill=True) for one in asked
    ])  # fmt: skip
    record_many([
        Happening(
            FeedbackAnswered(one.pk, Code(one.invitation.kind), one.score), one.invitation.customer_id, one.answered_at,
            backfill=True,
        )
        for one in answers
    ])  # fmt: skip
    return len(answers)


def _answer(random: Random, invitation: Invitation) -> Answer:
    """A poor answer of the past was taken care of within some days."""
    score = random.choice(SCORES)
    at = invitation.asked_at + timedelta(hours=random.uniform(0.1, 60))
    poor = rules.is_poor(score)
    return Answer(
        invitation=invitation, score=score, comment=random.choice(WORDS[score]), answered_at=at, changed_at=at,
        is_poor=poor, reported_poor_at=at if poor else None, handled_at=at + timedelta(days=2) if poor else None,
    )  # fmt: skip
