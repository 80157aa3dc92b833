"""What a film's player asks first: lists of addresses, for who may watch and nobody else."""

from functools import partial

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language_info
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from chat.refusal import Refusal
from conference import segments
from conference.models import Event, Video
from conference.playlists import CONTENT_TYPE, master_playlist, media_playlist
from conference.views.recordings import refusal_of


@login_not_required
@cache_control(private=True, no_store=True)
@require_safe
def master(request: HttpRequest, event_slug: str, slug: str, pk: int) -> HttpResponse:
    """Which heights there are; their own playlists stand beside it."""
    video = find(request, event_slug, slug, pk)
    if refusal := refusal_of(video.recording, request, in_premiere=True):
        return told(refusal)
    language = video.recording.event.language
    name = get_language_info(language)["name_local"]
    playlist = master_playlist(video.renditions, language=language, sound_name=name)
    return HttpResponse(playlist, content_type=CONTENT_TYPE)


@login_not_required
@cache_control(private=True, no_store=True)
@require_safe
def media(request: HttpRequest, event_slug: str, slug: str, pk: int, name: str) -> HttpResponse:
    """A height's segments, or the sound's, as far as they are released for this person."""
    video = find(request, event_slug, slug, pk)
    rendition = next((one for one in video.renditions if one["name"] == name), None)
    if rendition is None:
        raise Http404
    if refusal := refusal_of(video.recording, request, in_premiere=True):
        return told(refusal)
    address = partial(segments.address_in, f"{video.folder}/{name}")
    until = video.recording.released_until(request.user)
    playlist = media_playlist(rendition, address, until=until)
    return HttpResponse(playlist, content_type=CONTENT_TYPE)


def told(refusal: Refusal) -> HttpResponse:
    """In a sentence that the player may show."""
    return HttpResponse(str(refusal), status=refusal.status, content_type="text/plain")


def find(request: HttpRequest, event_slug: str, slug: str, pk: int) -> Video:
    """A film that can be streamed, if its event is there for this person; one query."""
    films = Video.objects.exclude(ready_at=None).exclude(renditions=[])
    return get_object_or_404(
        films.select_related("recording__event", "recording__session__event"),
        pk=pk,
        recording__slug=slug,
        recording__event__slug=event_slug,
        recording__event__in=Event.objects.visible_to(request.user),
    )
