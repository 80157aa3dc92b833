"""HTTP and WebSocket entry; served by Daphne."""

import os
from typing import Any

import django
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.urls import re_path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "conference.settings")
django.setup(set_prefix=False)

from chat.routing import websocket_urlpatterns  # noqa: E402 - needs the apps to be loaded
from conference.backpressure import patient  # noqa: E402
from conference.handler import Handler  # noqa: E402


async def closed(scope: Any, receive: Any, send: Any) -> None:
    """For addresses where no socket is: refuse in silence instead of logging a traceback."""
    await send({"type": "websocket.close"})


application = ProtocolTypeRouter(
    {
        "http": patient(Handler()),
        "websocket": AllowedHostsOriginValidator(
            URLRouter([*websocket_urlpatterns, re_path("", closed)])  # type: ignore[arg-type]
        ),
    }
)
