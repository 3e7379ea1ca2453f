from django.apps import AppConfig


class FactsConfig(AppConfig):
    name = "mikomi.facts"
    label = "facts"

    def ready(self) -> None:
        from mikomi.facts import registration

        registration.register()
