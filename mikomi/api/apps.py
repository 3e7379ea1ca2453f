from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "mikomi.api"
    label = "api"
