from datetime import date
from itertools import groupby
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chat.refusal import Refusal
from conference.forms import VideoQuestionForm
from conference.models import Event, Recording, TextTrack, Video
from conference.views.programme import is_part


@login_not_required
@require_safe
def index(request: HttpRequest, event_slug: str) -> HttpResponse:
    """All of the event's recordings, in groups; those that are shut say when they open."""
    event = get_object_or_404(Event.objects.visible_to(request.user), slug=event_slug)
    recordings = event.recordings.in_order().with_position_of(request.user)
    if not event.is_run_by(request.user):
        recordings = recordings.shown()
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
    if is_part(request):  # a waiting page asks whether it is open by now
        is_open = refusal_of(recording, request) is None
        return HttpResponse(status=204, headers={"HX-Refresh": "true"} if is_open else {})
    return show_recording(request, recording)


def show_recording(
    request: HttpRequest,
    recording: Recording,
    question_form: VideoQuestionForm | None = None,
    question_refusal: Refusal | None = None,
) -> HttpResponse:
    """Its page, where something may be wrong with a question that was just handed in."""
    refusal = refusal_of(recording, request)
    context = {
        "event": recording.event,
        "recording": recording,
        "refusal": refusal,
        "is_entered": recording.event.is_entered_by(request.user),
        "is_edited": recording.is_edited_by(request.user),
        **playing(recording, request),
        "replay": recording.premieres.select_related("session__event").last(),
        "question_form": question_form or VideoQuestionForm(),
        "question_refusal": question_refusal,
        "my_questions": recording.video_questions.filter(person=request.user.pk or 0),
    }
    wrong = refusal or question_refusal
    status = wrong.status if wrong else 422 if question_form else 200
    return render(request, "conference/recording.html", context, status=status)


def playing(recording: Recording, request: HttpRequest) -> dict[str, Any]:
    """What ``_player.html`` needs: the film, or its version in easy language, which has texts,
    times and places of its own, so that nothing else of the recording fits it.
    """
    easy = recording.video_of(Video.Kind.EASY)
    if easy and request.GET.get("fassung") == "leicht":
        return {"film": easy, "easy": easy, "is_easy": True}
    chapters = recording.text_of(TextTrack.Kind.CHAPTERS)
    return {
        "film": recording.film,
        "easy": easy,
        "signed": recording.video_of(Video.Kind.SIGNED),
        "described": recording.video_of(Video.Kind.DESCRIBED),
        "transcripts": recording.texts_of(TextTrack.Kind.CAPTIONS),
        "chapters": chapters,
        "parts": chapters.cues if chapters else [],
        "resume_at": recording.resumed_by(request.user),
    }


def find(request: HttpRequest, event_slug: str, slug: str) -> Recording:
    """The recording, if its event is there for this person; not whether they may watch it."""
    get_object_or_404(Event.objects.visible_to(request.user), slug=event_slug)
    recordings = Recording.objects.select_related("event", "session__event", "forum__event")
    films = recordings.prefetch_related("videos", "tracks")
    return get_object_or_404(films, event__slug=event_slug, slug=slug)


def refusal_of(
    recording: Recording, request: HttpRequest, *, in_premiere: bool = False
) -> Refusal | None:
    try:
        recording.open_to(request.user, in_premiere=in_premiere)
    except Refusal as refusal:
        return refusal
    return None
