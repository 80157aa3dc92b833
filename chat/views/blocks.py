from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chat.models import Talk
from chat.views.doors import Entered, in_talk


@require_POST
@in_talk
def create(request: Entered, talk: Talk) -> HttpResponse:
    name = talk.room.title
    talk.block(request.user)
    sentence = _("%(name)s is blocked and can write to you no longer.")
    messages.success(request, sentence % {"name": name})
    return redirect("chat:talks")


@require_POST
@in_talk
def delete(request: Entered, talk: Talk) -> HttpResponse:
    name = talk.room.title
    talk.unblock(request.user)
    messages.success(request, _("%(name)s is not blocked any more.") % {"name": name})
    return redirect("chat:talks")
