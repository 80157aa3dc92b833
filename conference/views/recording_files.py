"""What belongs to a recording, each file behind the recording's own door."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from conference.media import Stored, send_file
from conference.models import Recording
from conference.views.recordings import find, refusal_of

VTT = "text/vtt; charset=utf-8"


@login_not_required
@require_safe
def video(request: HttpRequest, event_slug: str, slug: str) -> HttpResponseBase:
    recording = find(request, event_slug, slug)
    return give(request, recording, recording.video, content_type="video/mp4")


@login_not_required
@require_safe
def captions(request: HttpRequest, event_slug: str, slug: str) -> HttpResponseBase:
    recording = find(request, event_slug, slug)
    return give(request, recording, recording.captions, content_type=VTT)


@login_not_required
@require_safe
def chapters(request: HttpRequest, event_slug: str, slug: str) -> HttpResponseBase:
    recording = find(request, event_slug, slug)
    return give(request, recording, recording.chapters, content_type=VTT)


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
    request: HttpRequest, recording: Recording, file: Stored, **how: Any
) -> HttpResponseBase:
    """The file, to who may watch; asked for anew each time, for doors shut again."""
    if not file.name:
        raise Http404
    if refusal := refusal_of(recording, request):
        context = {"event": recording.event, "refusal": refusal}
        return render(request, "conference/shut.html", context, status=refusal.status)
    return send_file(request, file, **how)
