"""What the channels add to the workers' duties and to the registries below them, once at start-up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta


def register() -> None:
    """Called by the app's `ready`."""
    from mikomi.channels import erasing, exports, own_texts, processing, registry, tasks
    from mikomi.channels.email import importing, listening, mailserver, poll, visits
    from mikomi.conversations import places, routes
    from mikomi.core import exports as core_exports
    from mikomi.core.files import references
    from mikomi.core.work import registry as work
    from mikomi.customers import erasure
    from mikomi.facts import sources

    for channel in registry.all_channels().values():
        routes.register(channel.name, answers_by=channel.answers_by)
    core_exports.register(*exports.EXPORTS)
    erasure.register("channels", erasing.erase_customer)
    references.register("channels.intake", files_in_use)
    places.register("channels", note_place)
    sources.register(own_texts.SOURCE)
    work.duty("channels.poll", timedelta(seconds=5), "poll", poll.visit_due, on_change=True)
    work.duty("channels.process", timedelta(seconds=5), "quick", processing.process_due, on_change=True)
    work.duty("channels.deliver", timedelta(seconds=5), "send", tasks.deliver_due, on_change=True)
    work.on_dead_worker("channels.poll", poll.free_claims)
    work.service("channels.visits", visits.serve)
    work.service("channels.listen", listening.serve)
    work.service("channels.mailserver", mailserver.serve)
    work.on_dead_worker("channels.listen", listening.free_listeners)
    work.on_dead_worker("channels.intake", processing.free_claims)
    work.schedule("channels.erase", timedelta(hours=6), erasing.erase_deleted)
    work.schedule("channels.drop_files", timedelta(days=1), importing.drop_old_files)


def files_in_use(file_ids: Sequence[int]) -> Iterable[int | None]:
    """The stored files that are raw arrivals, or wait to be imported."""
    from mikomi.channels.models import Intake, MailImport

    yield from Intake.objects.filter(raw_id__in=file_ids).values_list("raw_id", flat=True)
    yield from MailImport.objects.filter(file_id__in=file_ids).values_list("file_id", flat=True)


def note_place(intake_ids: Sequence[int], conversation_id: int) -> None:
    """A person moved these arrivals' messages into another conversation."""
    from mikomi.channels.models import Intake

    Intake.objects.filter(pk__in=list(intake_ids)).update(conversation_id=conversation_id)
