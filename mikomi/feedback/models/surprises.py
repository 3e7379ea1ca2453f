"""Small surprises: the plan with its budget, and what was proposed to whom."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from mikomi.core.changes import Changing


class SurprisePlan(Changing):
    """How much may be spent on surprises in a month, and who is held out so that their effect can be seen."""

    is_active = models.BooleanField(default=True)
    budget_minor = models.BigIntegerField(help_text="In a month, in the business's currency.")
    discount_minor = models.BigIntegerField(help_text="What a discount costs.")
    upgrade_minor = models.BigIntegerField(help_text="What an upgrade costs.")
    early_minor = models.BigIntegerField(help_text="What an early delivery costs.")
    note_minor = models.BigIntegerField(help_text="What a note costs.")
    holdout_share = models.FloatField(help_text="0…1: so many get no surprise, by chance.")
    rest_days = models.PositiveSmallIntegerField(help_text="Nobody is surprised again sooner.")
    seed = models.CharField(max_length=32, help_text="Decides who is held out; never changed.")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"surprise plan {self.pk}"

    def cost_of(self, kind: str) -> int:
        """What a surprise of this kind costs."""
        cost: int = getattr(self, f"{kind}_minor")
        return cost


class Surprise(Changing):
    """One proposal for one customer; of those held out it is kept too, so that the groups can be compared."""

    class Kind(models.TextChoices):
        DISCOUNT = "discount", pgettext_lazy("surprise", "unexpected discount")
        UPGRADE = "upgrade", pgettext_lazy("surprise", "upgrade")
        EARLY = "early", pgettext_lazy("surprise", "early delivery")
        NOTE = "note", pgettext_lazy("surprise", "handwritten note")

    class Reason(models.TextChoices):
        MADE_GOOD = "made_good", pgettext_lazy("surprise", "a broken promise was made good")
        MILESTONE = "milestone", pgettext_lazy("surprise", "a round number of orders")
        FIRST_ORDER = "first_order", pgettext_lazy("surprise", "the first order")
        WAITING = "waiting", pgettext_lazy("surprise", "waits, and we could be earlier")

    class State(models.TextChoices):
        PROPOSED = "proposed", pgettext_lazy("surprise", "proposed")
        APPROVED = "approved", pgettext_lazy("surprise", "to be carried out")
        DONE = "done", pgettext_lazy("surprise", "carried out")
        DISMISSED = "dismissed", pgettext_lazy("surprise", "dismissed")
        EXPIRED = "expired", pgettext_lazy("surprise", "expired")
        HELD_OUT = "held_out", pgettext_lazy("surprise", "held out")

    plan = models.ForeignKey(SurprisePlan, on_delete=models.PROTECT, related_name="surprises")
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    reason = models.CharField(max_length=12, choices=Reason.choices)
    promise_id = models.BigIntegerField(null=True, help_text="The promise that prompted it.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    cost_minor = models.BigIntegerField()
    weight = models.FloatField(help_text="By this the proposals are ranked.")
    proposed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    actor_id = models.BigIntegerField(null=True, help_text="Who decided.")
    carrier_id = models.BigIntegerField(null=True, help_text="Who carries it out; none: whoever may.")
    outgoing = models.ForeignKey(
        "outbox.OutgoingMessage", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    done_at = models.DateTimeField(null=True)
    done_by_id = models.BigIntegerField(null=True, help_text="None: the message that it is has left.")
    measured_at = models.DateTimeField(null=True, help_text="When it was seen what came of it.")
    came_back = models.BooleanField(null=True, help_text="Whether the customer bought again in time.")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer", "-proposed_at"], name="surprise_customer"),
            models.Index(fields=["-weight", "id"], name="surprise_proposed", condition=Q(state="proposed")),
            models.Index(fields=["decided_at", "id"], name="surprise_to_do", condition=Q(state="approved")),
            models.Index(fields=["proposed_at"], name="surprise_when"),
        ]
