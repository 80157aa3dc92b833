"""A person in a room, as those see them who keep it: mute, exclude, let in again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chat import clock
from chat.models import Membership, Room, Sanction
from chat.models.sanction import end_of_today
from chat.refusal import Refusal
from chat.views.doors import Entered, arranged, keeping, refused, way_back

MINUTES = ["5", "30"]


@require_safe
@keeping
def index(request: Entered, room: Room, person_pk: int) -> HttpResponse:
    return render(request, "chat/person.html", about(request, room, person_pk))


@require_POST
@keeping
def mute(request: Entered, room: Room, person_pk: int) -> HttpResponse:
    minutes = request.POST.get("minutes", "")
    is_short = minutes in MINUTES
    until = clock.now() + timedelta(minutes=int(minutes)) if is_short else end_of_today()
    reason = request.POST.get("reason", "")

    def act(membership: Membership) -> None:
        membership.mute(request.user, until, reason)

    return impose(request, room, person_pk, act, _("%(name)s is muted."))


@require_POST
@keeping
def ban(request: Entered, room: Room, person_pk: int) -> HttpResponse:
    reason = request.POST.get("reason", "")

    def act(membership: Membership) -> None:
        membership.ban(request.user, reason)

    return impose(request, room, person_pk, act, _("%(name)s is excluded."))


def impose(
    request: Entered,
    room: Room,
    person_pk: int,
    act: Callable[[Membership], object],
    sentence: str,
) -> HttpResponse:
    seats = room.memberships.select_related("room", "person")
    membership = get_object_or_404(seats, person=person_pk)
    try:
        act(membership)
    except Refusal as refusal:
        context = about(request, room, person_pk)
        return refused(request, refusal, "chat/person.html", context)
    return arranged(request, room, sentence % {"name": membership.person})


@require_POST
@keeping
def lift(request: Entered, room: Room, pk: int) -> HttpResponse:
    rows = Sanction.objects.in_force().filter(room=room)
    sanction = get_object_or_404(rows.select_related("room", "person"), pk=pk)
    try:
        sanction.lift(request.user)
    except Refusal as refusal:
        context = about(request, room, sanction.person_id)
        return refused(request, refusal, "chat/person.html", context)
    sentence = _("The measure against %(name)s is lifted.")
    return arranged(request, room, sentence % {"name": sanction.person})


def about(request: Entered, room: Room, person_pk: int) -> dict[str, Any]:
    """Somebody who is in the room, or about whom something was done there."""
    sanctions = room.sanctions.filter(person=person_pk)
    sanctions = sanctions.select_related("person", "imposed_by", "lifted_by")
    membership = room.memberships.filter(person=person_pk).select_related("person").first()
    known = membership or sanctions.first()
    if known is None:
        raise Http404
    return {
        "room": room,
        "membership": membership,
        "person": known.person,
        "sanctions": sanctions,
        "next": way_back(request),
    }
