"""How fast people talk in a room, for those who keep it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chat.models import Room
from chat.models.room import PACES
from chat.views.doors import Entered, arranged, keeping


@require_safe
@keeping
def show(request: Entered, room: Room) -> HttpResponse:
    """All that one can do about the room, on a page of its own."""
    sanctions = room.sanctions.select_related("person", "imposed_by", "lifted_by")
    context = {"room": room, "paces": PACES, "sanctions": sanctions[:100]}
    return render(request, "chat/keeping.html", context)


@require_POST
@keeping
def slow_down(request: Entered, room: Room) -> HttpResponse:
    asked = request.POST.get("seconds", "")
    seconds = int(asked) if asked in map(str, PACES) else 0
    room.slow_down(seconds)
    sentences = {True: _("Slow mode is on."), False: _("Slow mode is off.")}
    return arranged(request, room, sentences[seconds > 0])


@require_POST
@keeping
def pause(request: Entered, room: Room) -> HttpResponse:
    room.pause()
    return arranged(request, room, _("The chat is paused."))


@require_POST
@keeping
def resume(request: Entered, room: Room) -> HttpResponse:
    room.resume()
    return arranged(request, room, _("The chat goes on."))
