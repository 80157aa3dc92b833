from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chat.finding import find
from chat.models import Room
from chat.models.talk import introduce
from chat.text import tidy
from chat.views.doors import Entered, way_back
from chat.views.messages import number

LENGTH = 100  # characters


@never_cache
@require_safe
def index(request: Entered) -> HttpResponse:
    """Messages with the words of ``?suche=``, in all of the person's rooms or one of them."""
    words = " ".join(tidy(request.GET.get("suche", "")).split())[:LENGTH]
    room_pk = number(request, "raum")
    rooms = list(Room.objects.entered_by(request.user).order_by("title"))
    found = find(request.user.pk, words, room_pk) if words else []
    introduce(request.user.pk, [*rooms, *(message.room for message in found)])
    context = {
        "words": words,
        "room_pk": room_pk,
        "rooms": rooms,
        "messages_found": found,
        "back": way_back(request),
    }
    return render(request, "chat/search.html", context)
