from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from chat.refusal import Refusal
from conference.holdings import Holdings
from conference.models import Event, Forum, Person, Place, Slot, VideoQuestion, Waiting
from conference.views.programme import is_part


@login_not_required
@require_safe
@vary_on_headers("HX-Request")
def index(request: HttpRequest, event_slug: str) -> HttpResponse:
    event = get_object_or_404(Event.objects.visible_to(request.user), slug=event_slug)
    event.settle_places()
    slots = Slot.objects.select_related("round", "forum__event")
    forums = event.forums.select_related("event").prefetch_related(
        "speakers", Prefetch("slots", slots)
    )
    mine = Holdings.of(event, request.user)
    context = {"event": event, "forums": forums, "mine": mine}
    page = "conference/forums.html"
    return render(request, f"{page}#forums" if is_part(request) else page, context)


@login_not_required
@require_safe
@vary_on_headers("HX-Request")
def show(request: HttpRequest, event_slug: str, number: int) -> HttpResponse:
    event = get_object_or_404(Event.objects.visible_to(request.user), slug=event_slug)
    forum = get_object_or_404(event.forums.select_related("event"), number=number)
    event.settle_places()
    return show_forum(request, forum)


def show_forum(
    request: HttpRequest, forum: Forum, refusal: Refusal | None = None, refused: int = 0
) -> HttpResponse:
    """The forum's page; a refusal stands at the slot that it is about (``refused``)."""
    event, mine = forum.event, Holdings.of(forum.event, request.user)
    slots = forum.slots.select_related("round__event", "forum__event")
    places = [mine.at(slot) for slot in slots.prefetch_related("moderators")]
    context = {
        "event": event,
        "forum": forum,
        "mine": mine,
        "rounds": places,
        **ways_to_wait(places),
        "recordings": forum.recordings.visible_to(request.user).select_related("event"),
        "is_entered": event.is_entered_by(request.user),
        "is_run": request.user.is_authenticated and event.is_run_by(request.user),
        **questions_for(request.user, forum),
        "refusal": refusal,
        "refused": refused,
    }
    page, status = "conference/forum.html", refusal.status if refusal else 200
    is_polled = is_part(request) and request.method == "GET"
    return render(request, f"{page}#places" if is_polled else page, context, status=status)


def questions_for(person: Person | AnonymousUser, forum: Forum) -> dict[str, object]:
    """What people asked about its impulse talks, for those who run it."""
    if not forum.is_run_by(person):
        return {}
    questions = list(VideoQuestion.objects.filter(recording__forum=forum).in_order())
    settled = sum(1 for question in questions if question.settled_at)
    return {
        "questions": questions,
        "settled_questions": settled,
        "open_questions": len(questions) - settled,
    }


def ways_to_wait(rounds: list[dict[str, object]]) -> dict[str, bool]:
    """Whether one may wait for either round, and whether a code opens any of them."""
    slots = [one["slot"] for one in rounds if isinstance(one["slot"], Slot)]
    ahead = [slot for slot in slots if not slot.is_shut]
    waits = [one["waiting"] for one in rounds]
    waits_for_either = any(isinstance(one, Waiting) and one.slot_id is None for one in waits)
    is_wanted = not (waits_for_either or any(one["place"] or one["offer"] for one in rounds))
    return {
        "may_wait_for_either": is_wanted
        and len(ahead) > 1
        and all(slot.is_full for slot in ahead),
        "takes_codes": any(slot.held for slot in ahead),
    }


def place_of(
    event: Event, person: Person | AnonymousUser, slot: Slot | None = None
) -> Place | None:
    """The person's place in this slot, or else the next one."""
    places = Place.objects.filter(
        registration__event=event, registration__person=person.pk or 0
    )
    found = list(places.with_slot())
    here = [place for place in found if slot and place.slot_id == slot.pk]
    ahead = [place for place in found if not place.slot.round.is_past]
    return next(iter([*here, *ahead, *found]), None)


def moderated_by(person: Person | AnonymousUser, event: Event) -> QuerySet[Slot]:
    slots = Slot.objects.filter(forum__event=event, moderators=person.pk)
    return slots.select_related("forum__event", "round__event")
