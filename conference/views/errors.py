"""Every failure is told in words, on a page that leads on; to htmx, in the page that stands."""

import sys

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.csrf import requires_csrf_token
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from conference.views.programme import is_part

OUTAGES = (InterfaceError, OperationalError, RedisConnectionError, RedisTimeoutError)
# Where htmx puts the sentence instead of into its target, which is kept.
BESIDE = {"HX-Retarget": "#meldungen", "HX-Reswap": "innerHTML"}


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return tell(request, "404.html", 404)


@requires_csrf_token
def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return tell(request, "403.html", 403)


@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return tell(request, "conference/csrf.html", 403)


def server_error(request: HttpRequest) -> HttpResponse:
    """503 while the database or Redis is away, 500 for anything else; asks neither of them."""
    is_outage = isinstance(sys.exception(), OUTAGES)
    page, status = ("conference/503.html", 503) if is_outage else ("conference/500.html", 500)
    headers = {"Retry-After": "30"} if is_outage else {}
    if is_part(request):
        page, headers = f"{page}#alert", headers | BESIDE
    text = render_to_string(page, {"site_name": settings.SITE_NAME})
    return HttpResponse(text, status=status, headers=headers)


def tell(request: HttpRequest, page: str, status: int) -> HttpResponse:
    if not is_part(request):
        return render(request, page, status=status)
    text = render_to_string(f"{page}#alert", request=request)
    return HttpResponse(text, status=status, headers=BESIDE)
