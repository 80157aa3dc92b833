from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from chat.refusal import Refusal
from conference.models import Event, Forum, Person, Place, Slot


@login_not_required
@require_safe
def index(request: HttpRequest, event_slug: str) -> HttpResponse:
    event = get_object_or_404(Event.objects.visible_to(request.user), slug=event_slug)
    slots = Slot.objects.select_related("round", "forum__event")
    forums = event.forums.select_related("event").prefetch_related(
        "speakers", Prefetch("slots", slots)
    )
    context = {"event": event, "forums": forums, "place": place_of(event, request.user)}
    return render(request, "conference/forums.html", context)


@login_not_required
@require_safe
def show(request: HttpRequest, event_slug: str, number: int) -> HttpResponse:
    event = get_object_or_404(Event.objects.visible_to(request.user), slug=event_slug)
    forum = get_object_or_404(event.forums.select_related("event"), number=number)
    return show_forum(request, forum)


def show_forum(
    request: HttpRequest, forum: Forum, refusal: Refusal | None = None, refused: int = 0
) -> HttpResponse:
    """The forum's page; a refusal stands at the slot that it is about (``refused``)."""
    event = forum.event
    context = {
        "event": event,
        "forum": forum,
        "slots": forum.slots.select_related("round__event", "forum__event").prefetch_related(
            "moderators"
        ),
        "recordings": forum.recordings.visible_to(request.user).select_related("event"),
        "is_entered": event.is_entered_by(request.user),
        "is_run": request.user.is_authenticated and event.is_run_by(request.user),
        "place": place_of(event, request.user),
        "refusal": refusal,
        "refused": refused,
    }
    status = refusal.status if refusal else 200
    return render(request, "conference/forum.html", context, status=status)


def place_of(event: Event, person: Person | AnonymousUser) -> Place | None:
    return (
        Place.objects.filter(registration__event=event, registration__person=person.pk or 0)
        .select_related("slot__forum__event", "slot__round__event")
        .first()
    )


def moderated_by(person: Person | AnonymousUser, event: Event) -> QuerySet[Slot]:
    slots = Slot.objects.filter(forum__event=event, moderators=person.pk)
    return slots.select_related("forum__event", "round__event")
