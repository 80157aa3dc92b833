from datetime import date
from itertools import groupby

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chat.refusal import Refusal
from conference.models import Event, Recording
from conference.views.programme import is_part


@login_not_required
@require_safe
def index(request: HttpRequest, event_slug: str) -> HttpResponse:
    """All of the event's recordings, in groups; those that are shut say when they open."""
    event = get_object_or_404(Event.objects.visible_to(request.user), slug=event_slug)
    recordings = event.recordings.in_order().with_position_of(request.user)
    context = {
        "event": event,
        "groups": [
            {"title": title, "day": day, "recordings": list(rows)}
            for (title, day), rows in groupby(recordings, group_of)
        ],
        "open": set(event.recordings.visible_to(request.user).values_list("pk", flat=True)),
        "is_entered": event.is_entered_by(request.user),
    }
    return render(request, "conference/recordings.html", context)


def group_of(recording: Recording) -> tuple[str, date | None]:
    """A heading, or the day instead."""
    if recording.forum:
        return _("Impulse talks of the forums"), None
    return ("", recording.session.day) if recording.session else (_("More recordings"), None)


@login_not_required
@never_cache
@require_safe
def show(request: HttpRequest, event_slug: str, slug: str) -> HttpResponse:
    recording = find(request, event_slug, slug)
    refusal = refusal_of(recording, request)
    if is_part(request):  # a waiting page asks whether it is open by now
        return HttpResponse(status=204, headers={} if refusal else {"HX-Refresh": "true"})
    context = {
        "event": recording.event,
        "recording": recording,
        "refusal": refusal,
        "is_entered": recording.event.is_entered_by(request.user),
        "cues": [] if refusal else recording.cues,
        "parts": [] if refusal else recording.parts,
        "resume_at": recording.resumed_by(request.user),
        "film": recording.film,
        "texts": recording.texts,
        "captions": recording.text_of("captions"),
    }
    status = refusal.status if refusal else 200
    return render(request, "conference/recording.html", context, status=status)


def find(request: HttpRequest, event_slug: str, slug: str) -> Recording:
    """The recording, if its event is there for this person; not whether they may watch it."""
    get_object_or_404(Event.objects.visible_to(request.user), slug=event_slug)
    recordings = Recording.objects.select_related("event", "session__event", "forum__event")
    films = recordings.prefetch_related("videos", "tracks")
    return get_object_or_404(films, event__slug=event_slug, slug=slug)


def refusal_of(recording: Recording, request: HttpRequest) -> Refusal | None:
    try:
        recording.open_to(request.user)
    except Refusal as refusal:
        return refusal
    return None
