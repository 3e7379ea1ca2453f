from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "mikomi.integrations"
    label = "integrations"

    def ready(self) -> None:
        from mikomi.integrations import registration

        registration.register()
