"""The same pages as Django serves them by itself: its own handler, connections per request."""

import os

os.environ["STOCK"] = "1"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.benchmarks.settings")

from django.core.asgi import get_asgi_application

application = get_asgi_application()
