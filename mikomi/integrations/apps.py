from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "mikomi.integrations"
    label = "integrations"
