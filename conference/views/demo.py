"""The demo's way in: everybody's door, and the mails that it did not send."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from chat.paths import safe_path
from conference.models import Person
from conference.views.logins import enter as enter_as

ROLES = {
    "attendee": ("aylin.yilmaz@example.org", _("Attendee")),
    "attendee2": ("gerd.hoffmann@example.org", _("Second attendee")),
    "lead": ("jonas.weber@example.org", _("Project lead")),
    "moderator": ("petra.maier@example.org", _("Moderator")),
    "organiser": ("katrin.vogt@example.org", _("Organiser")),
}
MAY = {
    "attendee": _("Watch recordings, stroll over the market, chat, take a place in a forum."),
    "attendee2": _("The same: open a second browser and chat with the first attendee."),
    "lead": _("Keep a stand: edit it, and chat with its visitors."),
    "moderator": _("Run a forum's room: hide messages, be there before the doors open."),
    "organiser": _("Edit everything in the administration."),
}


def only_in_demo(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @login_not_required
    @never_cache
    @wraps(view)
    def shut(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return shut


@only_in_demo
def index(request: HttpRequest) -> HttpResponse:
    people = Person.objects.in_bulk([a for a, _role in ROLES.values()], field_name="email")
    entrances = [
        {"role": role, "title": title, "may": MAY[role], "person": people[address]}
        for role, (address, title) in ROLES.items()
        if address in people
    ]
    return render(request, "conference/demo.html", {"entrances": entrances})


@only_in_demo
def enter(request: HttpRequest, role: str) -> HttpResponse:
    """One click and in, by GET: that is what the links in the terminal are for."""
    address, _title = ROLES.get(role, ("", ""))
    person = get_object_or_404(Person, email=address)
    return enter_as(request, person, safe_path(request))
