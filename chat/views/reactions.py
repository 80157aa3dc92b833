"""Reactions to one message: who gave which, and one's own."""

from itertools import groupby
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from chat.limits import count_reaction
from chat.models import Message, Reaction, Room
from chat.models.reaction import react, signs_of
from chat.refusal import Refusal
from chat.views.doors import Entered, in_room, refused, wants_frames
from chat.views.messages import about

MOST_NAMES = 200


@require_http_methods(["GET", "HEAD", "POST"])
@in_room
def index(request: Entered, room: Room, number: int) -> HttpResponse:
    context = about(request, room, number)
    message = context["message"]
    if request.method == "POST":
        try:
            count_reaction(request.user.pk)
            react(message, request.user, request.POST.get("sign", ""))
        except Refusal as refusal:
            context |= names(message, request.user.pk)
            return refused(request, refusal, "chat/reactions.html", context)
        if not wants_frames(request):
            return redirect(context["next"] or message.get_absolute_url())
        return JsonResponse({"frames": [], **reactions_of(request.user.pk, [message])})
    context |= names(message, request.user.pk)
    return render(request, "chat/reactions.html", context)


def names(message: Message, person_pk: int) -> dict[str, Any]:
    """For each sign whether the person gave it, and who else did."""
    mine = signs_of(person_pk, [message])[message.number]
    rows = message.all_reactions.select_related("person").order_by("sign", "pk")[:MOST_NAMES]
    people = {sign: list(given) for sign, given in groupby(rows, lambda row: row.sign)}
    signs = [(sign, sign in mine, people.get(sign, [])) for sign in Reaction.Sign]
    return {"signs": signs, "count": sum(message.reactions.values())}


def reactions_of(person_pk: int, messages: list[Message]) -> dict[str, Any]:
    """Counts by number, and the person's own signs."""
    return {
        "reactions": {message.number: message.reactions for message in messages},
        "mine": signs_of(person_pk, messages),
    }
