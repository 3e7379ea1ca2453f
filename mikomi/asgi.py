"""The ASGI entry point: pages and server-sent events in one process."""

import gc
import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mikomi.settings")
application = get_asgi_application()
# What is loaded by now stays, and a page makes tens of thousands of objects that don't: by the usual thresholds the
# collector would look through everything once or twice in each.
gc.freeze()
gc.set_threshold(10_000, 20, 20)
