from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "mikomi.core.search"
    label = "search"
