from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "mikomi.feedback"
    label = "feedback"
