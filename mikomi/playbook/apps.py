from django.apps import AppConfig


class PlaybookConfig(AppConfig):
    name = "mikomi.playbook"
    label = "playbook"

    def ready(self) -> None:
        from mikomi.playbook import engine, table

        engine.install(table.PLAYS)
