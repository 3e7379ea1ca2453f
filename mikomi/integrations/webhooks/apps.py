from datetime import timedelta

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "mikomi.integrations.webhooks"
    label = "webhooks"

    def ready(self) -> None:
        from mikomi.core import exports as core_exports
        from mikomi.core.events.consumers import Family, register_family
        from mikomi.core.work import registry
        from mikomi.integrations.webhooks import exports, operations, queries, rules, sending

        core_exports.register(*exports.EXPORTS)
        register_family(Family("webhook", queries.names_for, sending.deliver, rules.RETRY_DELAYS))
        registry.schedule("webhooks.prune", timedelta(days=1), operations.prune_attempts)
