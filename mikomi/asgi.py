"""The ASGI entry point: pages and server-sent events in one process."""

import os

from django.core.asgi import get_asgi_application

from mikomi.core import collector

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mikomi.settings")
application = get_asgi_application()
collector.settle()
