from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chat.refusal import Refusal
from conference.replay import lines_of
from conference.views.recordings import find


@never_cache
@require_safe
def show(request: HttpRequest, event_slug: str, slug: str) -> JsonResponse:
    """What was said beside the recording's premiere, for who may read it in the room."""
    recording = find(request, event_slug, slug)
    premieres = recording.premieres.select_related("session__event", "session__room")
    latest = premieres.prefetch_related("pauses").order_by("-pk")[:1]
    premiere = get_object_or_404(latest)
    premiere.recording = recording
    try:
        recording.open_to(request.user)
        premiere.session.enter(request.user)
    except Refusal as refusal:
        return JsonResponse({"error": str(refusal)}, status=refusal.status)
    return JsonResponse({"lines": lines_of(premiere)})
