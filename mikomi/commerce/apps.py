from django.apps import AppConfig


class CommerceConfig(AppConfig):
    name = "mikomi.commerce"
    label = "commerce"
