from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chat.refusal import Refusal
from conference.models import Event, Registration, Slot
from conference.models.event import NotRegistered
from conference.views.forums import show_forum


@require_POST
def create(request: HttpRequest, event_slug: str, number: int, pk: int) -> HttpResponse:
    slot = find(request, event_slug, number, pk)
    try:
        registration = registration_for(request, slot)
        slot.book(registration, instead=request.POST.get("instead") == "1")
    except Refusal as refusal:
        return show_forum(request, slot.forum, refusal, slot.pk)
    messages.success(request, _("You have a place."))
    return redirect(slot.forum)


@require_POST
def delete(request: HttpRequest, event_slug: str, number: int, pk: int) -> HttpResponse:
    slot = find(request, event_slug, number, pk)
    try:
        slot.release(registration_for(request, slot))
    except Refusal as refusal:
        return show_forum(request, slot.forum, refusal, slot.pk)
    messages.success(request, _("You have given your place back."))
    return redirect(slot.forum)


def find(request: HttpRequest, event_slug: str, number: int, pk: int) -> Slot:
    """The slot, if its event is there for this person; not whether they may enter."""
    get_object_or_404(Event.objects.visible_to(request.user), slug=event_slug)
    slots = Slot.objects.select_related("forum__event", "round__event", "room")
    return get_object_or_404(slots, forum__event__slug=event_slug, forum__number=number, pk=pk)


def registration_for(request: HttpRequest, slot: Slot) -> Registration:
    registrations = slot.forum.event.registrations.confirmed().select_related("person")
    if registration := registrations.filter(person=request.user.pk).first():
        return registration
    raise NotRegistered(_("Please register for the event first."))
