"""A request to write to each other, and what the one who was asked answers."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chat.models import Talk
from chat.refusal import Refusal
from chat.views.doors import Entered, in_talk, shut


@require_POST
@in_talk
def accept(request: Entered, talk: Talk) -> HttpResponse:
    try:
        talk.accept(request.user)
    except Refusal as refusal:
        return shut(request, refusal)
    messages.success(request, _("You can write to each other now."))
    return redirect(talk.room)


@require_POST
@in_talk
def decline(request: Entered, talk: Talk) -> HttpResponse:
    try:
        talk.decline(request.user)
    except Refusal as refusal:
        return shut(request, refusal)
    messages.success(request, _("You have declined the request. The other person is not told."))
    return redirect("chat:talks")
