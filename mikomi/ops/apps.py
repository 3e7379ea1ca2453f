from django.apps import AppConfig


class OpsConfig(AppConfig):
    name = "mikomi.ops"
    label = "ops"
