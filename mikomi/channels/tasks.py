"""What the workers do for the channels."""

from __future__ import annotations

from mikomi.channels.registry import delivers


def deliver_due(worker: str) -> int:
    """Send what is due by every channel. How many messages came to an end or to a decision."""
    return sum(channel.deliver(worker) for channel in delivers() if channel.deliver)
