from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chat.refusal import Refusal
from conference.limits import guard
from conference.views.forums import show_forum
from conference.views.places import back, find, find_forum, registration_for


@require_POST
def create(request: HttpRequest, event_slug: str, number: int) -> HttpResponse:
    """Take a place that is held back for a group; guesses are counted."""
    forum = find_forum(request, event_slug, number)
    chosen = request.POST.get("slot", "")
    slot = find(request, event_slug, number, int(chosen) if chosen.isdecimal() else 0)
    try:
        registration = registration_for(request, forum)
        guard(request, "code", f"person {request.user.pk}")
        is_instead = request.POST.get("instead") == "1"
        slot.book(registration, code=request.POST.get("code", "-"), instead=is_instead)
    except Refusal as refusal:
        return show_forum(request, forum, refusal, slot.pk)
    messages.success(request, _("You have a place."))
    return back(request, forum)
