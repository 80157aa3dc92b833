from itertools import groupby

from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from chat import clock
from conference.models import Event, Session


@login_not_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The series: the event that is on or next, those after it, and the earlier ones."""
    events = Event.objects.visible_to(request.user)
    event, *coming = [*events.ahead(), None]
    context = {
        "first": event,
        "coming": coming[:-1],
        "earlier": events.over(),
        "is_entered": bool(event and event.is_entered_by(request.user)),
        "running": running_in(event) if event else [],
    }
    return render(request, "conference/start.html", context)


@login_not_required
@require_safe
def show(request: HttpRequest, event_slug: str) -> HttpResponse:
    event = get_object_or_404(Event.objects.visible_to(request.user), slug=event_slug)
    recordings = event.recordings.visible_to(request.user)
    context = {
        "event": event,
        "is_entered": event.is_entered_by(request.user),
        "days": days_of(event),
        "forums": event.forums.all(),
        "recordings": recordings.select_related("event"),
        "running": running_in(event),
    }
    return render(request, "conference/event.html", context)


def running_in(event: Event) -> QuerySet[Session]:
    return event.sessions.running_at(clock.now()).select_related("event")


def days_of(event: Event) -> list[dict[str, object]]:
    """The days at a glance: each with its number, its date and what is on, breaks left out."""
    sessions = event.sessions.exclude(kind=Session.Kind.BREAK).select_related("event")
    return [
        {"number": number, "date": date, "sessions": list(group)}
        for number, (date, group) in enumerate(groupby(sessions, lambda one: one.day), 1)
    ]
