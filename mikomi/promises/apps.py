from django.apps import AppConfig


class PromisesConfig(AppConfig):
    name = "mikomi.promises"
    label = "promises"
