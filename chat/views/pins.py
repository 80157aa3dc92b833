from django.http import HttpResponse
from django.views.decorators.http import require_POST

from chat.models import Room
from chat.refusal import Refusal
from chat.views.doors import Entered, done, in_room, refused
from chat.views.messages import about


@require_POST
@in_room
def create(request: Entered, room: Room, number: int) -> HttpResponse:
    context = about(request, room, number)
    try:
        context["message"].pin(request.user)
    except Refusal as refusal:
        return refused(request, refusal, "chat/message.html", context)
    return done(request, context["message"])


@require_POST
@in_room
def delete(request: Entered, room: Room, number: int) -> HttpResponse:
    context = about(request, room, number)
    try:
        context["message"].unpin(request.user)
    except Refusal as refusal:
        return refused(request, refusal, "chat/message.html", context)
    return done(request, context["message"])
