"""What browsers ask for without being told, and what they need to pin the site."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

PICTURES = [
    ("img/icon.svg", "any", "image/svg+xml"),
    ("img/icon-192.png", "192x192", "image/png"),
    ("img/icon-512.png", "512x512", "image/png"),
]


@login_not_required
@require_safe
@cache_control(max_age=86_400)
def favicon(request: HttpRequest) -> HttpResponse:
    return redirect(static("img/icon.svg"))


@login_not_required
@require_safe
@cache_control(max_age=86_400)
def manifest(request: HttpRequest) -> HttpResponse:
    icons = [
        {"src": static(src), "sizes": sizes, "type": kind} for src, sizes, kind in PICTURES
    ]
    content = {
        "name": settings.SITE_NAME,
        "short_name": settings.SITE_NAME,
        "lang": settings.LANGUAGE_CODE,
        "start_url": reverse("start"),
        "display": "browser",
        "background_color": "#fbf8f2",
        "theme_color": "#0d5960",
        "icons": icons,
    }
    return JsonResponse(content, content_type="application/manifest+json")
