from django.apps import AppConfig


class WorkConfig(AppConfig):
    name = "mikomi.core.work"
    label = "work"

    def ready(self) -> None:
        from mikomi.core.work import registration

        registration.register()
