from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "mikomi.core.files"
    label = "files"

    def ready(self) -> None:
        from datetime import timedelta

        from mikomi.core.files import operations
        from mikomi.core.work import registry

        registry.schedule("files.sweep", timedelta(days=1), operations.sweep)
