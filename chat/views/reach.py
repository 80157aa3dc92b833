from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chat.models import Reachable
from chat.paths import safe_path
from chat.views.doors import Entered


@require_POST
def update(request: Entered) -> HttpResponse:
    """Whether other attendees may write to the person directly."""
    is_reachable = request.POST.get("reachable") == "yes"
    Reachable.say(request.user, is_reachable=is_reachable)
    sentences = {
        True: _("Other attendees may write to you directly now."),
        False: _("Nobody can write to you directly any more."),
    }
    messages.success(request, sentences[is_reachable])
    return redirect(safe_path(request) or "chat:talks")
