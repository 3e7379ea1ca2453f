from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "mikomi.customers"
    label = "customers"

    def ready(self) -> None:
        from mikomi.customers.registration import register

        register()
