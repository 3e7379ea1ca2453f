from django.apps import AppConfig


class ScreensConfig(AppConfig):
    name = "mikomi.screens"
    label = "screens"
