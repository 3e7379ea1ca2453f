from django.apps import AppConfig


class BusinessConfig(AppConfig):
    name = "mikomi.core.business"
    label = "business"

    def ready(self) -> None:
        from mikomi.core.business import queries
        from mikomi.core.files import references

        references.register("business.logo", queries.files_in_use)
