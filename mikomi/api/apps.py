from datetime import timedelta

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "mikomi.api"
    label = "api"

    def ready(self) -> None:
        from mikomi.api import idempotency
        from mikomi.core.work import registry

        registry.schedule("api.prune_keys", timedelta(hours=1), idempotency.prune)
