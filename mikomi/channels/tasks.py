"""What the workers do for the channels."""

from __future__ import annotations

from django_tasks import task

from mikomi.channels.registry import delivers


def deliver_due(worker: str) -> int:
    """Send what is due by every channel. How many messages came to an end or to a decision."""
    return sum(channel.deliver(worker) for channel in delivers() if channel.deliver)


@task()
def import_mail(import_id: int) -> None:
    """Take in what is left of a file of old mail; nothing where it was stopped."""
    from mikomi.channels.email import importing
    from mikomi.channels.models import MailImport

    job = MailImport.objects.filter(pk=import_id, state=MailImport.State.RUNNING).first()
    if job is not None:
        importing.run(job)
