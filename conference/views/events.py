from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from conference.models import Event


@login_not_required
def index(request: HttpRequest) -> HttpResponse:
    events = Event.objects.visible_to(request.user)
    return render(request, "conference/start.html", {"events": events})


@login_not_required
def show(request: HttpRequest, event_slug: str) -> HttpResponse:
    event = get_object_or_404(Event.objects.visible_to(request.user), slug=event_slug)
    return render(request, "conference/event.html", {"event": event})
