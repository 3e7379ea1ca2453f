from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "mikomi.outbox"
    label = "outbox"

    def ready(self) -> None:
        from mikomi.outbox import registration

        registration.register()
