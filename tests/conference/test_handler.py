"""Requests as they arrive over ASGI, answered in threads that live on."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.core.signals import request_finished
from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt

from conference.handler import Handler

seen: list[Any] = []


def where(request: HttpRequest) -> HttpResponse:
    connection.ensure_connection()
    seen.append((threading.get_ident(), id(connection.connection)))
    return HttpResponse(get_language())


@csrf_exempt
def take(request: HttpRequest) -> HttpResponse:
    seen.append(request.body)
    return HttpResponse()


async def asynchronous(request: HttpRequest) -> HttpResponse:
    return HttpResponse("answered")


def broken(request: HttpRequest) -> HttpResponse:
    raise ValueError


def parts(request: HttpRequest) -> StreamingHttpResponse:
    def iterate() -> Iterator[str]:
        for number in range(3):
            seen.append(number)
            yield f"part {number}\n"

    return StreamingHttpResponse(iterate())


urlpatterns = [
    path("where/", where),
    path("take/", take),
    path("asynchronous/", asynchronous),
    path("broken/", broken),
    path("parts/", parts),
]


@pytest.fixture
def handler(settings: Any) -> Iterator[Handler]:
    """With one thread, so that it is always the same."""
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = [
        "django.middleware.locale.LocaleMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
    ]
    settings.THREADS = 1
    seen.clear()
    handler = Handler()
    yield handler
    handler.threads.submit(lambda: connection.close()).result()
    handler.threads.shutdown()


def request(handler: Handler, path: str, **scope: Any) -> ApplicationCommunicator:
    headers = [(b"host", b"localhost"), (b"accept-language", scope.pop("language", b"de"))]
    return ApplicationCommunicator(
        handler,
        {
            "type": "http",
            "http_version": "1.1",
            "method": scope.pop("method", "GET"),
            "path": path,
            "query_string": b"",
            "headers": headers,
        },
    )


async def answer(handler: Handler, path: str, **scope: Any) -> tuple[int, bytes]:
    asked = request(handler, path, **scope)
    await asked.send_input({"type": "http.request", "body": scope.get("body", b"")})
    start = await asked.receive_output(5)
    text = b""
    while True:
        message = await asked.receive_output(5)
        text += message.get("body", b"")
        if not message.get("more_body"):
            return start["status"], text


@pytest.mark.django_db(transaction=True)
async def test_threads_and_their_connections_live_on(handler: Handler) -> None:
    await answer(handler, "/where/")
    await answer(handler, "/where/")
    assert len(seen) == 2
    assert len(set(seen)) == 1


@pytest.mark.django_db(transaction=True)
async def test_the_language_of_one_request_is_not_the_next_ones(handler: Handler) -> None:
    assert await answer(handler, "/where/", language=b"en") == (200, b"en")
    assert await answer(handler, "/where/", language=b"de") == (200, b"de")


async def test_a_request_that_breaks_off_is_not_answered(handler: Handler) -> None:
    asked = request(handler, "/take/", method="POST")
    await asked.send_input({"type": "http.request", "body": b"half of", "more_body": True})
    await asked.send_input({"type": "http.disconnect"})
    await asked.wait(5)
    assert asked.output_queue.empty()
    assert seen == []


async def test_a_body_in_pieces_arrives_whole(handler: Handler) -> None:
    asked = request(handler, "/take/", method="POST")
    for part, more in (b"half and ", True), (b"half", False):
        await asked.send_input({"type": "http.request", "body": part, "more_body": more})
    assert (await asked.receive_output(5))["status"] == 200
    assert seen == [b"half and half"]


async def test_parts_are_sent_as_they_are_made(handler: Handler) -> None:
    asked = request(handler, "/parts/")
    await asked.send_input({"type": "http.request"})
    assert (await asked.receive_output(5))["status"] == 200
    assert (await asked.receive_output(5))["body"] == b"part 0\n"
    rest = [(await asked.receive_output(5)).get("body", b"") for _part in range(3)]
    assert rest == [b"part 1\n", b"part 2\n", b""]


async def test_a_view_may_be_asynchronous(handler: Handler) -> None:
    assert await answer(handler, "/asynchronous/") == (200, b"answered")


async def test_a_mistake_is_answered_and_the_thread_goes_on(handler: Handler) -> None:
    assert (await answer(handler, "/broken/"))[0] == 500
    assert (await answer(handler, "/asynchronous/"))[0] == 200


@pytest.mark.parametrize("path", ["/asynchronous/", "/parts/", "/broken/", "/nowhere/"])
async def test_every_request_is_finished_once(handler: Handler, path: str) -> None:
    finished = []

    def note(**_signal: Any) -> None:
        finished.append(threading.current_thread().name)

    request_finished.connect(note)
    try:
        asked = request(handler, path)
        await asked.send_input({"type": "http.request"})
        await asked.wait(5)
    finally:
        request_finished.disconnect(note)
    assert finished == ["request_0"]
