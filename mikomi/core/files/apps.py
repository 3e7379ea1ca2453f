from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "mikomi.core.files"
    label = "files"
