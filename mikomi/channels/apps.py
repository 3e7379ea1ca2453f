from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "mikomi.channels"
    label = "channels"
