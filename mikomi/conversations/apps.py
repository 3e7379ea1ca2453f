from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "mikomi.conversations"
    label = "conversations"
