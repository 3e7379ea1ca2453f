from datetime import timedelta

from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "mikomi.core.live"
    label = "live"

    def ready(self) -> None:
        from mikomi.core.live import operations
        from mikomi.core.work import registry

        registry.schedule("live.prune", timedelta(minutes=10), operations.prune, lane="quick")
