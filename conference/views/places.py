"""Places in forums: to take, to change, to give back, and to say that one is coming."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chat.paths import path_before
from chat.refusal import Refusal
from conference.models import Event, Forum, Registration, Slot
from conference.models.event import NotRegistered
from conference.views.forums import show_forum


@require_POST
def create(request: HttpRequest, event_slug: str, number: int, pk: int) -> HttpResponse:
    slot = find(request, event_slug, number, pk)
    try:
        registration = registration_for(request, slot.forum)
        slot.book(registration, instead=request.POST.get("instead") == "1")
    except Refusal as refusal:
        return show_forum(request, slot.forum, refusal, slot.pk)
    messages.success(request, _("You have a place."))
    return back(request, slot.forum)


@require_POST
def delete(request: HttpRequest, event_slug: str, number: int, pk: int) -> HttpResponse:
    slot = find(request, event_slug, number, pk)
    try:
        slot.release(registration_for(request, slot.forum))
    except Refusal as refusal:
        return show_forum(request, slot.forum, refusal, slot.pk)
    messages.success(request, _("You have given your place back."))
    return back(request, slot.forum)


@require_POST
def confirm(request: HttpRequest, event_slug: str, number: int, pk: int) -> HttpResponse:
    slot = find(request, event_slug, number, pk)
    place = get_object_or_404(slot.places, registration__person=request.user.pk)
    place.confirm_coming()
    messages.success(request, _("Thank you. We are looking forward to seeing you."))
    return back(request, slot.forum)


def find(request: HttpRequest, event_slug: str, number: int, pk: int) -> Slot:
    """The slot, if its event is there for this person; not whether they may enter."""
    get_object_or_404(Event.objects.visible_to(request.user), slug=event_slug)
    slots = Slot.objects.select_related("forum__event", "round__event", "room")
    return get_object_or_404(slots, forum__event__slug=event_slug, forum__number=number, pk=pk)


def find_forum(request: HttpRequest, event_slug: str, number: int) -> Forum:
    event = get_object_or_404(Event.objects.visible_to(request.user), slug=event_slug)
    return get_object_or_404(event.forums.select_related("event"), number=number)


def registration_for(request: HttpRequest, forum: Forum) -> Registration:
    registrations = forum.event.registrations.confirmed().select_related("person", "event")
    if registration := registrations.filter(person=request.user.pk).first():
        return registration
    raise NotRegistered(_("Please register for the event first."))


def back(request: HttpRequest, forum: Forum) -> HttpResponse:
    """Where the button was: my event, the forums, or else the forum's page."""
    slug, before = forum.event.slug, path_before(request)
    pages = [reverse("registration", args=[slug]), reverse("forums", args=[slug])]
    return redirect(before if before in pages else forum)
