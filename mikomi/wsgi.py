"""The WSGI entry point: pages at scale, with events served by ASGI beside."""

import os

from django.core.wsgi import get_wsgi_application

from mikomi.core import collector

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mikomi.settings")
application = get_wsgi_application()
collector.settle()
