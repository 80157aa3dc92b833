from contextlib import suppress

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from conference.models import Session
from conference.models.event import NotRegistered


@login_not_required
@require_safe
def show(request: HttpRequest, event_slug: str, slug: str) -> HttpResponse:
    sessions = Session.objects.visible_to(request.user).select_related("event", "room")
    session = get_object_or_404(sessions, event__slug=event_slug, slug=slug)
    may_talk = False
    if session.has_chat:
        with suppress(NotRegistered):
            may_talk = bool(session.enter(request.user))
    context = {
        "event": session.event,
        "session": session,
        "recordings": session.recordings.visible_to(request.user).select_related("event"),
        "slots": session.slots.select_related("forum__event", "round"),
        "may_talk": may_talk,
    }
    return render(request, "conference/session.html", context)
