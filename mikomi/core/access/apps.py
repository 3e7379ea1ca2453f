from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "mikomi.core.access"
    label = "access"
