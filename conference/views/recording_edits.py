from collections.abc import Mapping
from types import MappingProxyType

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chat.refusal import Refusal
from conference import speech
from conference.models import Recording
from conference.models.checklist import items_of
from conference.shelf import Shelf


@never_cache
@require_safe
def show(request: HttpRequest, event_slug: str, slug: str) -> HttpResponse:
    """What organisers and speakers do for a recording, and what it still lacks."""
    return page(request, find_edited(request, event_slug, slug))


def page(
    request: HttpRequest,
    recording: Recording,
    refusals: Mapping[str, Refusal] = MappingProxyType({}),
    status: int = 200,
) -> HttpResponse:
    """``refusals`` says which kind of film was not taken, and why."""
    context = {
        "event": recording.event,
        "recording": recording,
        "is_run": recording.event.is_run_by(request.user),
        "checklist": items_of(recording),
        "hears": speech.is_there(),
        "shelves": Shelf.of(recording, request.user, refusals).values(),
    }
    return render(request, "conference/recording_edit.html", context, status=status)


def find_edited(request: HttpRequest, event_slug: str, slug: str) -> Recording:
    """The recording, if this person edits it."""
    recordings = Recording.objects.edited_by(request.user).select_related("event")
    rows = recordings.prefetch_related("videos", "tracks__changed_by", "speakers", "consents")
    return get_object_or_404(rows, event__slug=event_slug, slug=slug)
