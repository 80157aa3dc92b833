from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from chat.refusal import Refusal
from conference.models import Session


@login_not_required
@require_safe
def show(request: HttpRequest, event_slug: str, slug: str) -> HttpResponse:
    sessions = Session.objects.visible_to(request.user).select_related("event", "room")
    session = get_object_or_404(sessions, event__slug=event_slug, slug=slug)
    refusal = None
    if session.has_chat:
        try:
            session.enter(request.user)
        except Refusal as shut:
            refusal = shut
    context = {
        "event": session.event,
        "session": session,
        "recordings": session.recordings.visible_to(request.user).select_related("event"),
        "is_marked": session.marks.filter(person=request.user.pk).exists(),
        "slots": session.slots.select_related("forum__event", "round"),
        "refusal": refusal,
    }
    return render(request, "conference/session.html", context)
