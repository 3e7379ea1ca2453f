from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "mikomi.outbox"
    label = "outbox"
