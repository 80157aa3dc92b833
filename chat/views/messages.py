from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import get_current_timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from chat import clock, live, presence, reading
from chat.limits import pace
from chat.models import Message, Room
from chat.models.reaction import signs_of
from chat.models.report import open_in
from chat.models.room import CHANGES, PAGE
from chat.refusal import Refusal
from chat.views.doors import Entered, done, in_room, refused, wants_frames, way_back

if TYPE_CHECKING:
    from conference.models import Person

OVERLAP = timedelta(seconds=10)


@require_safe
@in_room
def index(request: Entered, room: Room) -> HttpResponse:
    """The room as a page; as frames what is new or changed (``?since=``) or older.

    The page opens at a message (``?nachricht=``) or a day (``?datum=``), or is about to
    answer one (``?antwort=``).
    """
    since, before = number(request, "since"), number(request, "before")
    if first := first_of_day(request, room):
        return redirect(first)
    if not wants_frames(request):
        at, answers = number(request, "nachricht"), number(request, "antwort")
        context = {"room": room, "before": before, "at": at, "answers": answers}
        return render(request, "chat/room.html", context)
    if since is None:
        page = room.page_before(before)
        frames = [live.frame_of(message) for message in page]
        mine = signs_of(request.user.pk, page)
        return JsonResponse({"frames": frames, "mine": mine, "more": len(page) == PAGE})
    return JsonResponse(news(request, room, since))


def news(request: Entered, room: Room, since: int) -> dict[str, object]:
    """What is new for somebody who has no socket, or whose socket missed it."""
    people = presence.listed(room.pk, presence.note(room.pk, request.user.pk))
    if read := number(request, "read"):
        reading.note({(room.pk, request.user.pk): read})
    seat = room.seat_of(request.user)
    rules = live.state_of(room.slow_seconds, room.paused_at)
    rules |= {"mute": live.mute_of(seat.muted_until, seat.mute_reason)}
    if seat.may_hide:
        rules["reports"] = open_in(room)
    rules |= reactions_since(request, room)
    return changes(room, since) | rules | {"people": people}


def reactions_since(request: Entered, room: Room) -> dict[str, Any]:
    """After the moment that the reader has from the last answer, with some overlap: what is
    stored later may bear an earlier time."""
    moment = number(request, "reacted")
    asked = datetime.fromtimestamp(min(moment or 0, 10**10), UTC) - OVERLAP if moment else None
    messages = list(room.reacted_since(asked)) if asked else []
    counts = {message.number: message.reactions for message in messages}
    mine = signs_of(request.user.pk, messages)
    return {"reactions": counts, "mine": mine, "reacted": int(clock.now().timestamp())}


def first_of_day(request: Entered, room: Room) -> str:
    """Where the first message of the day stands that was asked for, or of a later one."""
    try:
        day = date.fromisoformat(request.GET.get("datum", ""))
        midnight = datetime.combine(day, time(), get_current_timezone()).astimezone(UTC)
    except (ValueError, OverflowError):  # the year 1 began before UTC's
        return ""
    first = room.first_since(midnight)
    return first.path_from(way_back(request)) if first else ""


def changes(room: Room, since: int) -> dict[str, object]:
    """With the ``head`` up to which the reader is then complete."""
    frames = [live.frame_of(message) for message in room.changes_since(since)]
    last = frames[-1]["changed"] if frames else 0
    more = len(frames) == CHANGES
    return {"head": last if more else max(room.head, last), "more": more, "frames": frames}


@require_POST
@never_cache
def create(request: Entered, room_pk: int) -> HttpResponse:
    """Posting asks at the door itself; nobody asks twice."""
    try:
        message = say(request, Room(pk=room_pk))
    except Refusal as refusal:
        return not_said(request, room_pk=room_pk, refusal=refusal)
    return done(request, message, status=201)


@in_room
def not_said(request: Entered, room: Room, refusal: Refusal) -> HttpResponse:
    context = {"room": room, "answers": number_in(request.POST, "answers")}
    return refused(request, refusal, "chat/room.html", context)


def say(request: Entered, room: Room) -> Message:
    body, answers = request.POST.get("body", ""), number_in(request.POST, "answers")
    return room.post(request.user, body, client_id_of(request), answers, is_counted=True)


@require_safe
@in_room
def show(request: Entered, room: Room, number: int) -> HttpResponse:
    """One message, with what the person may do with it."""
    return render(request, "chat/message.html", about(request, room, number))


@require_POST
@in_room
def edit(request: Entered, room: Room, number: int) -> HttpResponse:
    context = about(request, room, number)
    try:
        pace(request.user.pk)  # everybody in the room gets each change
        context["message"].edit(request.user, request.POST.get("body", ""))
    except Refusal as refusal:
        return refused(request, refusal, "chat/message.html", context)
    return done(request, context["message"])


def changing(verb: Callable[[Message, Person], None]) -> Callable[..., HttpResponse]:
    """A view that says this verb to one message."""

    @require_POST
    @in_room
    def change(request: Entered, room: Room, number: int) -> HttpResponse:
        context = about(request, room, number)
        try:
            verb(context["message"], request.user)
        except Refusal as refusal:
            return refused(request, refusal, "chat/message.html", context)
        return done(request, context["message"])

    return change


delete = changing(Message.delete_by)


def about(request: Entered, room: Room, number: int) -> dict[str, Any]:
    message = get_object_or_404(room.messages.with_author(), number=number)
    message.room = room
    may_hide = room.is_kept_by(request.user)
    return {
        "room": room,
        "message": message,
        "person": message.author,
        "is_own": message.author_id == request.user.pk,
        "may_hide": may_hide,
        "earlier": message.earlier.all() if may_hide else [],
        "open_reports": message.reports.open().to_read() if may_hide else [],
        "is_reported": message.reports.filter(reported_by=request.user).exists(),
        "next": way_back(request),
        "body": message.body,
    }


def number(request: HttpRequest, name: str) -> int | None:
    return number_in(request.GET, name)


def number_in(data: QueryDict, name: str) -> int | None:
    text = data.get(name, "")
    return int(text) if text.isdecimal() and len(text) <= 18 else None


def client_id_of(request: HttpRequest) -> UUID:
    """What the sender's page made up for this message, so that it is posted once."""
    try:
        return UUID(request.POST.get("client_id", ""))
    except ValueError:
        return uuid4()
