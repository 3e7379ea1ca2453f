"""What feedback says to the registries below it, once at start-up."""

from __future__ import annotations

from mikomi.core import exports
from mikomi.customers import erasure, portability
from mikomi.feedback import privacy
from mikomi.feedback.exports import EXPORTS


def register() -> None:
    """Called by the app's `ready`."""
    exports.register(*EXPORTS)
    erasure.register("feedback", privacy.erase)
    portability.register("answers", privacy.export)
