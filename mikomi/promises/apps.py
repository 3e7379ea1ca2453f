from django.apps import AppConfig


class PromisesConfig(AppConfig):
    name = "mikomi.promises"
    label = "promises"

    def ready(self) -> None:
        from mikomi.promises import registration

        registration.register()
