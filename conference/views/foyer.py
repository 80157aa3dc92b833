from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chat.reading import count_unread
from chat.refusal import Refusal
from conference.models import Event
from conference.views.forums import moderated_by, place_of


@never_cache
@require_safe
def show(request: HttpRequest, event_slug: str) -> HttpResponse:
    """The attendee's home on the day."""
    events = Event.objects.visible_to(request.user).select_related("room")
    event = get_object_or_404(events, slug=event_slug)
    try:
        event.enter(request.user)
    except Refusal as refusal:
        context = {"event": event, "refusal": refusal}
        return render(request, "conference/shut.html", context, status=refusal.status)
    running, upcoming = event.now_and_next()
    place, moderated = place_of(event, request.user), [*moderated_by(request.user, event)]
    count_unread(request.user, [*moderated, *([place.slot] if place else [])])
    context = {
        "event": event,
        "running": running,
        "upcoming": upcoming,
        "place": place,
        "moderated": moderated,
        "is_run": event.is_run_by(request.user),
    }
    return render(request, "conference/foyer.html", context)
