from django.apps import AppConfig


class WorkConfig(AppConfig):
    name = "mikomi.core.work"
    label = "work"
