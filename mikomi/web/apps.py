from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "mikomi.web"
    label = "web"
