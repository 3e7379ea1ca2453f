from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "mikomi.conversations"
    label = "conversations"

    def ready(self) -> None:
        from mikomi.conversations import registration

        registration.register()
