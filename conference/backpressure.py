"""Long answers wait for their readers.

Daphne takes whatever an application sends and keeps it until the reader has it, however long
that takes. Its ``send`` carries Twisted's request, and Twisted tells a producer when the
reader lags; other servers let ``send`` wait by themselves.
"""

import asyncio
from contextlib import suppress
from functools import partial
from typing import Any

from twisted.internet.interfaces import IPushProducer
from twisted.web.http import Request
from zope.interface import implementer


class ReaderLeft(Exception):  # noqa: N818 - nothing went wrong
    """Nobody is there any more to send the rest to."""


@implementer(IPushProducer)
class Valve:
    """Lets the parts of one answer through while its reader keeps up."""

    def __init__(self, request: Request, send: Any) -> None:
        self.request = request
        self.send_on = send
        self.is_open = asyncio.Event()
        self.is_open.set()
        self.has_left = False

    async def send(self, message: Any) -> None:
        """Wait for the reader, then send; raises ``ReaderLeft``."""
        await self.is_open.wait()
        if self.has_left:
            raise ReaderLeft
        if not message.get("more_body"):
            self.release()
        elif self.is_connected and self.request.producer is None:
            self.request.registerProducer(self, True)
        await self.send_on(message)

    def release(self) -> None:
        if self.is_connected and self.request.producer is self:
            self.request.unregisterProducer()

    @property
    def is_connected(self) -> bool:
        return getattr(self.request, "channel", None) is not None

    # -- what Twisted says

    def pauseProducing(self) -> None:  # noqa: N802 - Twisted's name
        self.is_open.clear()

    def resumeProducing(self) -> None:  # noqa: N802
        self.is_open.set()

    def stopProducing(self) -> None:  # noqa: N802
        self.has_left = True
        self.is_open.set()


def patient(application: Any) -> Any:
    """The same ASGI application, whose answers of several parts are sent as they are taken."""

    async def http(scope: Any, receive: Any, send: Any) -> None:
        request = send.args[0] if isinstance(send, partial) and send.args else None
        if not isinstance(request, Request):
            await application(scope, receive, send)
            return
        valve = Valve(request, send)
        try:
            with suppress(ReaderLeft):
                await application(scope, receive, valve.send)
        finally:
            valve.release()

    return http
