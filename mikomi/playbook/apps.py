from django.apps import AppConfig


class PlaybookConfig(AppConfig):
    name = "mikomi.playbook"
    label = "playbook"
