"""Reporting a message, and the queue of those who keep the room."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chat.models import Report, Room
from chat.models.report import report
from chat.refusal import Refusal
from chat.views.doors import Entered, arranged, in_room, keeping, refused
from chat.views.messages import about


@require_POST
@in_room
def create(request: Entered, room: Room, number: int) -> HttpResponse:
    context = about(request, room, number)
    try:
        report(context["message"], request.user, request.POST.get("reason", ""))
    except Refusal as refusal:
        return refused(request, refusal, "chat/message.html", context)
    sentences = {
        False: _("Thank you. Those who keep this room will look at it."),
        True: _("Thank you. The organisers will look at this message."),
    }
    sentence = sentences[room.is_direct]
    return arranged(request, room, sentence, room.get_absolute_url())


@require_safe
@keeping
def index(request: Entered, room: Room) -> HttpResponse:
    reports = (
        Report.objects.open().filter(message__room=room).to_read().order_by("message", "pk")
    )
    return render(request, "chat/reports.html", {"room": room, "reports": reports})


@require_POST
@keeping
def settle(request: Entered, room: Room, number: int) -> HttpResponse:
    context = about(request, room, number)
    try:
        context["message"].keep(request.user)
    except Refusal as refusal:
        return refused(request, refusal, "chat/message.html", context)
    return arranged(request, room, _("The message stays."))
