from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "mikomi.customers"
    label = "customers"
