from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "mikomi.core.live"
    label = "live"
