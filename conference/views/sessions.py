from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from chat.refusal import Refusal
from conference.models import Premiere, Session, TextTrack, Video
from conference.models.premiere import State, TogetherOnly
from conference.views.recordings import refusal_of


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
        **premiere_of(session, request),
    }
    return render(request, "conference/session.html", context)


def premiere_of(session: Session, request: HttpRequest) -> dict[str, Any]:
    """What its page needs to show a premiere, if there is one; films and texts prefetched."""
    premieres = Premiere.objects.select_related("recording__event", "session__event")
    premiere = premieres.prefetch_related("recording__videos", "recording__tracks").filter(
        session=session
    )
    if not (found := premiere.first()):
        return {}
    refusal = refusal_of(found.recording, request, in_premiere=True)
    is_no_matter = isinstance(refusal, TogetherOnly) or found.state == State.OVER
    return {
        "premiere": found,
        "is_premiere": not session.is_called_off,
        "recording": found.recording,
        "watch_refusal": None if is_no_matter else refusal,
        "is_run": session.event.is_run_by(request.user),
        "film": found.recording.film,
        "signed": found.recording.video_of(Video.Kind.SIGNED),
        "described": found.recording.video_of(Video.Kind.DESCRIBED),
        "transcripts": found.recording.texts_of(TextTrack.Kind.CAPTIONS),
        "resume_at": 0.0,
    }
