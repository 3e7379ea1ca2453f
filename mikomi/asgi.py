"""The ASGI entry point: pages and server-sent events in one process."""

import os
import warnings

from django.core.asgi import get_asgi_application

from mikomi.core import collector

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mikomi.settings")
# Files that pages load are small and read by the thread that answers; nothing is gained by reading them otherwise.
warnings.filterwarnings("ignore", "StreamingHttpResponse must consume synchronous iterators")
application = get_asgi_application()
collector.settle()
