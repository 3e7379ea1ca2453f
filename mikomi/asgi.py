"""The ASGI entry point: pages and server-sent events in one process."""

import os
import warnings

import django

from mikomi.core import collector

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mikomi.settings")
# Files that pages load are small and read by the thread that answers; nothing is gained by reading them otherwise.
warnings.filterwarnings("ignore", "StreamingHttpResponse must consume synchronous iterators")
django.setup(set_prefix=False)

from mikomi.web.handler import Handler  # noqa: E402 - its modules want the settings

application = Handler()
collector.settle()
