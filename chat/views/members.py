from django.db.models import Q
from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from chat.models import Room
from chat.presence import people_in
from chat.text import tidy
from chat.views.doors import Entered, in_room

SUGGESTED = 8
WEIGHED = 40  # of whom those who are here come first


@require_safe
@in_room
def index(request: Entered, room: Room) -> HttpResponse:
    """People in the room whose names begin like ``?q=``, to be named in a message."""
    words = " ".join(tidy(request.GET.get("q", "")).split())[:60]
    likely = Q()
    for start in {words, words.title()}:  # SQLite knows small letters of A to Z only
        likely |= Q(person__name__istartswith=start) | Q(person__name__icontains=f" {start}")
    seats = room.memberships.filter(likely, person__is_active=True).exclude(person=request.user)
    people = [
        seat.person
        for seat in seats.select_related("person").order_by("person__name")[:WEIGHED]
    ]
    here = people_in([room.pk])[room.pk]
    people.sort(key=lambda person: person.pk not in here)
    told = [{"name": p.name, "organisation": p.organisation} for p in people[:SUGGESTED]]
    return JsonResponse({"people": told})
