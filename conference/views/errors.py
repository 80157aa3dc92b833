import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views import defaults
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

OUTAGES = (InterfaceError, OperationalError, RedisConnectionError, RedisTimeoutError)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "conference/csrf.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """503 while the database or Redis is away, 500 for anything else; asks neither of them."""
    if isinstance(sys.exception(), OUTAGES):
        page = render_to_string("conference/503.html")
        return HttpResponse(page, status=503, headers={"Retry-After": "30"})
    return defaults.server_error(request)
