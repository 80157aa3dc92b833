from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chat.refusal import Refusal
from conference.views.forums import place_of
from conference.views.places import find
from conference.views.programme import is_part


@never_cache
@require_safe
def show(request: HttpRequest, event_slug: str, number: int, pk: int) -> HttpResponse:
    """The live room; who may not enter sees why, and what to do."""
    slot = find(request, event_slug, number, pk)
    event, refusal = slot.forum.event, None
    event.settle_places()
    try:
        slot.enter(request.user)
    except Refusal as shut:
        refusal = shut
    if is_part(request):  # a waiting page asks whether the door is open by now
        return HttpResponse(status=204, headers={} if refusal else {"HX-Refresh": "true"})
    context = {
        "event": event,
        "slot": slot,
        "refusal": refusal,
        "place": place_of(event, request.user, slot),
        "is_entered": event.is_entered_by(request.user),
        "recordings": slot.forum.recordings.visible_to(request.user).select_related("event"),
    }
    status = refusal.status if refusal else 200
    return render(request, "conference/slot.html", context, status=status)
