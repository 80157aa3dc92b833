import math

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from conference.views.recordings import find, refusal_of


@require_POST
def create(request: HttpRequest, event_slug: str, slug: str) -> HttpResponse:
    """Where the person stopped, in ``seconds``; the player says so every now and then."""
    recording = find(request, event_slug, slug)
    if refusal := refusal_of(recording, request, in_premiere=True):
        return HttpResponse(str(refusal), status=refusal.status, content_type="text/plain")
    try:
        seconds = float(request.POST["seconds"])
    except (KeyError, ValueError):
        seconds = math.nan
    if not math.isfinite(seconds) or not request.user.is_authenticated:
        return HttpResponse(status=422)
    recording.stopped_by(request.user, seconds)
    return HttpResponse(status=204)
