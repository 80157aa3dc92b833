"""How the views here open, and how they answer: scripts with frames, people with pages."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from chat import live
from chat.limits import TooMany
from chat.models import Message, Room
from chat.models.message import NotYours
from chat.models.posting import NotAdmitted
from chat.models.talk import introduce
from chat.paths import path_before, safe_path
from chat.refusal import Refusal

if TYPE_CHECKING:
    from conference.models import Person


class Entered(HttpRequest):
    """What a view gets: a request of somebody who is in the room."""

    user: Person


def in_room(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Find the room through the person; who is not admitted is told so."""

    @never_cache
    @wraps(view)
    def enter(request: HttpRequest, room_pk: int, **kwargs: Any) -> HttpResponse:
        room = Room.objects.entered_by(request.user).filter(pk=room_pk).first()
        introduce(request.user.pk or 0, [room] if room else [])
        response = view(request, room, **kwargs) if room else shut(request)
        patch_vary_headers(response, ["Accept"])
        return response

    return enter


def keeping(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The same for those who keep the room; others who are in it are told so."""

    @in_room
    @wraps(view)
    def enter(request: Entered, room: Room, **kwargs: Any) -> HttpResponse:
        if room.is_kept_by(request.user):
            return view(request, room, **kwargs)
        return shut(request, NotYours(_("Only those who keep this room may do that.")))

    return enter


def in_talk(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The same for what two people write to each other: the view gets their talk."""

    @in_room
    @wraps(view)
    def enter(request: Entered, room: Room, **kwargs: Any) -> HttpResponse:
        if not room.is_direct:
            raise Http404
        return view(request, room.talk, **kwargs)

    return enter


def shut(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    refusal = refusal or NotAdmitted()
    if wants_frames(request):
        return JsonResponse({"error": str(refusal)}, status=refusal.status)
    return render(request, "chat/shut.html", {"refusal": refusal}, status=refusal.status)


def wants_frames(request: HttpRequest) -> bool:
    types = ["text/html", "application/json"]
    return request.get_preferred_type(types) == "application/json"


def done(request: HttpRequest, message: Message, status: int = 200) -> HttpResponse:
    """The message's frame, or back to where the person came from."""
    if wants_frames(request):
        return JsonResponse({"frames": [live.frame_of(message)]}, status=status)
    return redirect(safe_path(request) or message.room)


def arranged(request: HttpRequest, room: Room, sentence: str, path: str = "") -> HttpResponse:
    """Something about the room is now different: said here, and shown by its frames."""
    if wants_frames(request):
        return JsonResponse({"done": sentence, "frames": []})
    messages.success(request, sentence)
    return redirect(safe_path(request) or path or reverse("chat:keeping", args=[room.pk]))


def refused(
    request: HttpRequest, refusal: Refusal, template: str, context: dict[str, Any]
) -> HttpResponse:
    """The sentence, beside what the person typed."""
    if wants_frames(request):
        answer: dict[str, Any] = {"error": str(refusal)}
        if isinstance(refusal, TooMany):
            answer["seconds"] = refusal.seconds
        response: HttpResponse = JsonResponse(answer, status=refusal.status)
    else:
        context |= {"refusal": refusal, "body": request.POST.get("body", "")}
        response = render(request, template, context, status=refusal.status)
    if isinstance(refusal, TooMany):
        response["Retry-After"] = str(refusal.seconds)
    return response


def way_back(request: HttpRequest) -> str:
    """Where the person came from, if that is a page of ours: for links that cannot say so."""
    before = path_before(request)
    path = before.partition("?")[0]
    # A refused post stands at the address of its form, which shows nothing by itself.
    is_elsewhere = path != request.path and not path.endswith("/nachrichten/")
    return safe_path(request) or (before if is_elsewhere else "")
