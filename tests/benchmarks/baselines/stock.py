"""The same pages as Django serves them by itself: its own handler, connections per request, and
each page rendered anew, in its own language alone.
"""

import os
from typing import Any

os.environ["STOCK"] = "1"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.benchmarks.settings")

from django.core.asgi import get_asgi_application

application = get_asgi_application()

from chat import live  # noqa: E402 - needs the apps to be loaded
from chat.templatetags import chat  # noqa: E402


def rendered(node: chat.EveryLanguage, context: Any) -> str:
    return node.nodelist.render(context)


live.MOST_ROWS = 0
chat.EveryLanguage.render = rendered
