from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from conference.models import Event
from conference.programme import Programme


@login_not_required
@require_safe
@vary_on_headers("HX-Request")
def show(request: HttpRequest, event_slug: str) -> HttpResponse:
    event = get_object_or_404(Event.objects.visible_to(request.user), slug=event_slug)
    programme = Programme(event, request.user, request.GET.get("tag", ""))
    page = "conference/programme.html"
    context = {"event": event, "programme": programme}
    return render(request, f"{page}#days" if is_part(request) else page, context)


@login_not_required
@require_safe
def now(request: HttpRequest, event_slug: str) -> HttpResponse:
    """What is on now and next: the part of a page that asks for it every minute."""
    event = get_object_or_404(Event.objects.visible_to(request.user), slug=event_slug)
    running, upcoming = event.now_and_next()
    context = {"event": event, "running": running, "upcoming": upcoming}
    return render(request, "conference/_now.html", context)


def is_part(request: HttpRequest) -> bool:
    """Whether htmx asks for a part; when it goes back in the history it needs the page."""
    return "HX-Request" in request.headers and (
        "HX-History-Restore-Request" not in request.headers
    )
