"""Long answers wait for their readers.

Daphne takes whatever an application sends and keeps it until the reader has it, however long
that takes. Its ``send`` carries Twisted's request, and Twisted tells a producer when the
reader lags; other servers let ``send`` wait by themselves.
"""

import asyncio
from functools import partial
from typing import Any

from twisted.internet.interfaces import IPushProducer
from twisted.web.http import Request
from zope.interface import implementer


@implementer(IPushProducer)
class Valve:
    """Open while the reader keeps up."""

    def __init__(self) -> None:
        self.is_open = asyncio.Event()
        self.is_open.set()

    def pauseProducing(self) -> None:  # noqa: N802 - Twisted's name
        self.is_open.clear()

    def resumeProducing(self) -> None:  # noqa: N802
        self.is_open.set()

    def stopProducing(self) -> None:  # noqa: N802
        self.is_open.set()


def patient(application: Any) -> Any:
    """The same ASGI application, whose answers of several parts are sent as they are taken."""

    async def http(scope: Any, receive: Any, send: Any) -> None:
        request = send.args[0] if isinstance(send, partial) and send.args else None
        if not isinstance(request, Request):
            await application(scope, receive, send)
            return
        valve = Valve()

        async def send_patiently(message: Any) -> None:
            await valve.is_open.wait()
            if message.get("more_body"):
                if is_connected(request) and request.producer is None:
                    request.registerProducer(valve, True)
            elif request.producer is valve:
                release(request)
            await send(message)

        try:
            await application(scope, receive, send_patiently)
        finally:
            if request.producer is valve:
                release(request)

    return http


def release(request: Request) -> None:
    if is_connected(request):
        request.unregisterProducer()


def is_connected(request: Request) -> bool:
    return getattr(request, "channel", None) is not None
