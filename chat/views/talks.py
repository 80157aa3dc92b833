"""Direct messages: all of one's own, and the first word to somebody."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from chat.models import Message, Reachable, Room, Talk
from chat.models.talk import LISTED, OwnDoorShut, Unreachable, check_reach
from chat.reading import unread_counts
from chat.refusal import Refusal
from chat.views.doors import Entered, in_room, refused, way_back
from chat.views.messages import client_id_of


@never_cache
@require_safe
def index(request: Entered) -> HttpResponse:
    """Requests to the person, their talks, whom they have blocked."""
    me = request.user.pk
    talks = told(me, list(Talk.objects.for_list(me)[:LISTED]))
    kept = [talk for talk in talks if not talk.is_blocked]
    context = {
        "is_reachable": Reachable.is_said_by(request.user),
        "requests": [t for t in kept if t.is_request_to(me) and not t.declined_at],
        "talks": [talk for talk in kept if not talk.is_request_to(me)],
        "blocked": [talk for talk in talks if talk.is_blocked],
        "back": way_back(request),
    }
    return render(request, "chat/talks.html", context)


def told(person_pk: int, talks: list[Any]) -> list[Any]:
    """With what a list shows: the other ``person``, the ``last`` message, how many are
    ``unread``. Two queries."""
    last = Message.objects.in_bulk([talk.last_pk for talk in talks])
    unread = unread_counts(person_pk, [talk.room_id for talk in talks])
    for talk in talks:
        talk.person = talk.other(person_pk)
        talk.last, talk.unread = last.get(talk.last_pk), unread.get(talk.room_id, 0)
    return talks


@require_http_methods(["GET", "HEAD", "POST"])
@in_room
def create(request: Entered, room: Room, person_pk: int) -> HttpResponse:
    """To somebody who is in the same room; a talk that there is goes on in its own."""
    talk = Talk.objects.between(request.user.pk, person_pk).first()
    if talk and request.method != "POST":
        return redirect(talk.room)
    seats = room.memberships.exclude(person=request.user).select_related("person")
    seat = seats.filter(person=person_pk).first()
    context: dict[str, Any] = {"room": room, "person": seat and seat.person}
    context |= {"next": way_back(request), "client_id": client_id_of(request)}
    try:
        if seat is None or room.is_direct:
            raise Unreachable
        if request.method == "POST":
            return begin(request, room, seat.person)
        check_reach(request.user, seat.person)
    except (Unreachable, OwnDoorShut) as refusal:
        return refused(request, refusal, "chat/unreachable.html", context)
    except Refusal as refusal:
        return refused(request, refusal, "chat/talk.html", context)
    return render(request, "chat/talk.html", context)


def begin(request: Entered, room: Room, person: Any) -> HttpResponse:
    body = request.POST.get("body", "")
    message = Talk.begin(request.user, person, body, client_id_of(request), room)
    messages.success(request, _("Your message has been sent."))
    return redirect(message.room)
