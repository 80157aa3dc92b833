"""Django's ASGI handler, with one hop between threads per request instead of dozens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

from django.conf import settings
from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix


class Handler(ASGIHandler):
    """Answers each request in one of ``settings.THREADS`` threads, as under WSGI.

    Our views and middleware are synchronous. Under ``ASGIHandler`` each of them hops to a
    thread of the request's own and back; here middleware, view and template run in one go, in
    a thread that lives on and keeps its database connection.
    """

    def __init__(self) -> None:
        super(ASGIHandler, self).__init__()
        self.load_middleware(is_async=False)
        self.threads = ThreadPoolExecutor(settings.THREADS, thread_name_prefix="request")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        with closing(body):
            response = await self._in_thread(self._respond, scope, body)
            if not response.streaming:
                await self.send_response(response, send)
                return
            if not response.is_async:
                response.streaming_content = self._parts(iter(response.streaming_content))
            try:
                await self.send_response(response, send)
            finally:
                await self._in_thread(response.close)

    async def _in_thread(self, verb: Callable[..., Any], *args: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self.threads, verb, *args)

    def _respond(self, scope: Any, body: Any) -> HttpResponseBase:
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        request, error = self.create_request(scope, body)
        response: Any = self.get_response(request) if request else error
        response._handler_class = self.__class__
        if isinstance(response, FileResponse):
            response.block_size = self.chunk_size
        if not response.streaming:
            response.close()
        return response

    async def _parts(self, iterator: Iterator[bytes]) -> AsyncIterator[bytes]:
        """One after the other, where ``ASGIHandler`` would first read them all."""
        while (part := await self._in_thread(next, iterator, None)) is not None:
            yield part
