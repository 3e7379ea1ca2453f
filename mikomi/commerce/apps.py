from django.apps import AppConfig


class CommerceConfig(AppConfig):
    name = "mikomi.commerce"
    label = "commerce"

    def ready(self) -> None:
        from mikomi.commerce import registration

        registration.register()
