"""What belongs to a recording, each file behind the recording's own door."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from chat.refusal import Refusal
from conference.media import Stored, send_file
from conference.models import Recording
from conference.views.recordings import find, refusal_of

VTT = "text/vtt; charset=utf-8"
# Of a film, what players ask for whole or in ranges; its streams are told of by playlists.
PARTS = {"film.mp4": "video/mp4", "sound.m4a": "audio/mp4", "sprite.webp": "image/webp"}


@login_not_required
@require_safe
def video(request: HttpRequest, event_slug: str, slug: str) -> HttpResponseBase:
    recording = find(request, event_slug, slug)
    film = recording.film
    file = film.file("film.mp4") if film else None
    return give(request, recording, file, content_type="video/mp4")


@login_not_required
@require_safe
def part(
    request: HttpRequest, event_slug: str, slug: str, pk: int, name: str
) -> HttpResponseBase:
    recording = find(request, event_slug, slug)
    film = get_object_or_404(recording.videos.exclude(ready_at=None), pk=pk)
    # In a premiere, the audio description: whoever needs it needs it while that plays.
    is_needed = name == "sound.m4a"
    return give(
        request, recording, film.file(name), in_premiere=is_needed, content_type=PARTS[name]
    )


@login_not_required
@require_safe
@cache_control(private=True, no_cache=True)
def text(
    request: HttpRequest, event_slug: str, slug: str, kind: str, language: str
) -> HttpResponseBase:
    """Captions or chapters, as WebVTT."""
    recording = find(request, event_slug, slug)
    track = get_object_or_404(recording.tracks.shown(), kind=kind, language=language)
    # In a premiere, too: whoever needs captions needs them while it plays.
    if refusal := refusal_of(recording, request, in_premiere=True):
        return refused(request, recording, refusal)
    return HttpResponse(track.body, content_type=VTT)


@login_not_required
@require_safe
@cache_control(private=True, no_cache=True)
def transcript(
    request: HttpRequest, event_slug: str, slug: str, language: str
) -> HttpResponseBase:
    """What is said, to take along as plain text."""
    recording = find(request, event_slug, slug)
    track = get_object_or_404(recording.tracks.shown(), kind="captions", language=language)
    if refusal := refusal_of(recording, request):
        return refused(request, recording, refusal)
    name = content_disposition_header(True, f"{slug}.{language}.txt")
    text = f"{recording.title}\n\n{track.transcript}"
    headers = {"Content-Disposition": name or ""}
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers=headers)


@login_not_required
@require_safe
def material(request: HttpRequest, event_slug: str, slug: str, pk: int) -> HttpResponseBase:
    recording = find(request, event_slug, slug)
    material = get_object_or_404(recording.materials, pk=pk)
    return give(
        request, recording, material.file, as_attachment=True, filename=material.filename
    )


@cache_control(private=True, no_cache=True)
def give(
    request: HttpRequest,
    recording: Recording,
    file: Stored | None,
    *,
    in_premiere: bool = False,
    **how: Any,
) -> HttpResponseBase:
    """The file, to who may watch; asked for anew each time, for doors shut again."""
    if file is None or not file.name:
        raise Http404
    if refusal := refusal_of(recording, request, in_premiere=in_premiere):
        return refused(request, recording, refusal)
    return send_file(request, file, **how)


def refused(request: HttpRequest, recording: Recording, refusal: Refusal) -> HttpResponse:
    context = {"event": recording.event, "refusal": refusal}
    return render(request, "conference/shut.html", context, status=refusal.status)
