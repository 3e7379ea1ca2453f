from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "mikomi.channels"
    label = "channels"

    def ready(self) -> None:
        from mikomi.channels import registration

        registration.register()
