from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "mikomi.integrations.webhooks"
    label = "webhooks"
