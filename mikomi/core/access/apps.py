from datetime import timedelta

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "mikomi.core.access"
    label = "access"

    def ready(self) -> None:
        from mikomi.core.access import operations
        from mikomi.core.work import registry

        registry.schedule("access.looks", timedelta(days=1), operations.prune_looks)
