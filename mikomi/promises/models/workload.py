"""What work stood around past cases, and how much it slowed them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Workload(models.Model):
    """The habit of one kind of promise, learned daily; see `rules.circumstances`."""

    kind = models.CharField(max_length=16, unique=True)
    elasticity = models.FloatField(help_text="How much the hazard falls with the load: 0 not at all.")
    usual_ahead = models.FloatField(help_text="Promises due before a case when it was made, geometric mean.")
    usual_at_work = models.FloatField(help_text="Colleagues at work over its time, geometric mean.")
    neutral = models.FloatField(
        help_text="The load for each colleague at which it goes as fast as the cases taken together."
    )
    cases = models.IntegerField()
    computed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["kind"]
