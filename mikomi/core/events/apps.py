from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "mikomi.core.events"
    label = "events"
