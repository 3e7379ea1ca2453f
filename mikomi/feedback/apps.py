from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "mikomi.feedback"
    label = "feedback"

    def ready(self) -> None:
        from mikomi.feedback import registration

        registration.register()
