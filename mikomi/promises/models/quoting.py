"""What may be promised: fitted models as plain values, the quotes read from them, and what became of each."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import pgettext_lazy

from mikomi.promises.models.ledger import Promise


class QuoteModel(models.Model):
    """What past cases of one kind of work teach, fitted in a compute process; the newest of a kind is read."""

    kind = models.CharField(max_length=16)
    fitted_at = models.DateTimeField()
    cases = models.IntegerField(help_text="Past cases that it was fitted on.")
    done = models.IntegerField(help_text="Of these, how many had ended; the others count as open.")
    left_out = models.IntegerField(default=0, help_text="Cases that end before they begin, or lie ahead.")
    plain: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        default=dict, help_text="Trees, means and quantiles as plain values; rules.quoting reads them."
    )

    class Meta:
        indexes: ClassVar = [models.Index(fields=["kind", "-id"], name="quote_model_newest")]


class Quote(models.Model):
    """What was answered to "what may I promise?", on what it rested, and whether it was kept."""

    class Basis(models.TextChoices):
        HISTORY = "history", pgettext_lazy("basis of a quote", "past cases")
        NORM = "norm", pgettext_lazy("basis of a quote", "the norm")
        NONE = "none", pgettext_lazy("basis of a quote", "nothing")

    kind = models.CharField(max_length=16)
    target = models.FloatField(help_text="The confidence asked for, 0.5…0.99.")
    asked_at = models.DateTimeField()
    began_at = models.DateTimeField(help_text="From when the days run.")
    days = models.FloatField(null=True, help_text="What may be promised; none: nothing may.")
    basis = models.CharField(max_length=8, choices=Basis.choices)
    reason = models.CharField(max_length=16, blank=True, help_text="Code: why history was not used.")
    model = models.ForeignKey(QuoteModel, on_delete=models.SET_NULL, null=True, related_name="+")
    model_version = models.BigIntegerField(null=True, help_text="The model's number, also once it is gone.")
    cases = models.IntegerField(default=0, help_text="Past cases of the model.")
    open_cases = models.IntegerField(default=0, help_text="Of these, how many were open.")
    effective = models.FloatField(default=0.0, help_text="How many cases the quantile rested on.")
    group = models.CharField(
        max_length=96, blank=True, help_text="The narrowest group with cases of its own."
    )
    keys: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)
    actor_id = models.BigIntegerField(null=True)
    promise = models.ForeignKey(Promise, on_delete=models.SET_NULL, null=True, related_name="quotes")
    kept = models.BooleanField(null=True, help_text="Done within the days quoted; none: not known yet.")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["kind", "target", "asked_at"], name="quote_kind_target"),
            models.Index(
                fields=["promise"],
                name="quote_undecided",
                condition=models.Q(kept=None, promise__isnull=False),
            ),
        ]


class QuotePolicy(models.Model):
    """What the business has decided about quotes: one row, or none for the defaults."""

    order_confidence = models.FloatField(
        null=True,
        help_text="Orders without a date are promised by quote at this confidence; none: by the constant.",
    )
    norms: models.JSONField[dict[str, float], dict[str, float]] = models.JSONField(
        default=dict, help_text="Days by kind of work, promised where history says too little."
    )
