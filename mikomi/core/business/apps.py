from django.apps import AppConfig


class BusinessConfig(AppConfig):
    name = "mikomi.core.business"
    label = "business"
