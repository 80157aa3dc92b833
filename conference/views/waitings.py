"""Waiting lists: to join one, to leave it, and to answer what is offered."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chat.refusal import Refusal
from conference.models import Waiting
from conference.models.waiting import OfferGone
from conference.views.forums import show_forum
from conference.views.places import back, find, find_forum, registration_for


@require_POST
def create(request: HttpRequest, event_slug: str, number: int, pk: int) -> HttpResponse:
    """For this round."""
    slot = find(request, event_slug, number, pk)
    try:
        slot.wait(registration_for(request, slot.forum))
    except Refusal as refusal:
        return show_forum(request, slot.forum, refusal, slot.pk)
    messages.success(request, _("You are on the waiting list."))
    return back(request, slot.forum)


@require_POST
def create_for_either(request: HttpRequest, event_slug: str, number: int) -> HttpResponse:
    """For whichever round of the forum."""
    forum = find_forum(request, event_slug, number)
    try:
        forum.wait(registration_for(request, forum))
    except Refusal as refusal:
        return show_forum(request, forum, refusal)
    messages.success(request, _("You are on the waiting list."))
    return back(request, forum)


@require_POST
def delete(request: HttpRequest, event_slug: str, number: int, pk: int) -> HttpResponse:
    """Leave the list, and decline what is offered; again is fine."""
    forum = find_forum(request, event_slug, number)
    if waiting := find_waiting(request, number, event_slug, pk):
        waiting.leave()
    messages.success(request, _("You are no longer on the waiting list."))
    return back(request, forum)


@require_POST
def accept(request: HttpRequest, event_slug: str, number: int, pk: int) -> HttpResponse:
    forum = find_forum(request, event_slug, number)
    try:
        waiting = find_waiting(request, number, event_slug, pk)
        if waiting is None:
            raise OfferGone(OfferGone.sentence)
        waiting.accept()
    except Refusal as refusal:
        return show_forum(request, forum, refusal)
    messages.success(request, _("You have a place."))
    return back(request, forum)


def find_waiting(request: HttpRequest, number: int, event_slug: str, pk: int) -> Waiting | None:
    own = Waiting.objects.filter(registration__person=request.user.pk)
    rows = own.filter(forum__event__slug=event_slug, forum__number=number, pk=pk)
    return rows.select_related("forum__event").first()
