"""What feedback says to the registries below it, once at start-up."""

from __future__ import annotations

from datetime import timedelta

from mikomi.core import exports
from mikomi.core.work import registry
from mikomi.customers import erasure, portability
from mikomi.feedback import operations, privacy
from mikomi.feedback.exports import EXPORTS
from mikomi.feedback.operations import carrying, surprises


def register() -> None:
    """Called by the app's `ready`."""
    exports.register(*EXPORTS)
    registry.schedule("feedback.surprises", timedelta(days=1), surprises.propose)
    registry.schedule("feedback.surprises.measured", timedelta(days=1), carrying.measure)
    registry.schedule("feedback.claims", timedelta(hours=1), operations.feed_claims)
    erasure.register("feedback", privacy.erase)
    portability.register("answers", privacy.export)
