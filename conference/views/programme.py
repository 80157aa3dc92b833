from itertools import groupby

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from chat import clock
from conference.models import Event


@login_not_required
@require_safe
@vary_on_headers("HX-Request")
def show(request: HttpRequest, event_slug: str) -> HttpResponse:
    """One day of the event (``?tag=2``), or all (``?tag=alle``); today's without a word."""
    event = get_object_or_404(Event.objects.visible_to(request.user), slug=event_slug)
    sessions = event.sessions.in_programme(request.user).prefetch_related("slots__forum__event")
    days = [
        {"number": number, "date": date, "sessions": list(group)}
        for number, (date, group) in enumerate(groupby(sessions, lambda one: one.day), 1)
    ]
    now = clock.now()
    asked, today = request.GET.get("tag", ""), now.astimezone(event.zone).date()
    is_whole = asked == "alle"
    chosen = [day for day in days if is_whole or str(day["number"]) == asked]
    chosen = chosen or [day for day in days if day["date"] == today] or days[:1]
    upcoming = (one.pk for one in sessions if one.starts_at > now)
    context = {"event": event, "days": days, "chosen": chosen, "is_whole": is_whole}
    context["next_pk"] = next(upcoming, None)
    page = "conference/programme.html"
    return render(request, f"{page}#days" if is_part(request) else page, context)


@login_not_required
@require_safe
def now(request: HttpRequest, event_slug: str) -> HttpResponse:
    """What is on now and next: the part of a page that asks for it every minute."""
    event = get_object_or_404(Event.objects.visible_to(request.user), slug=event_slug)
    running, upcoming = event.now_and_next()
    context = {"event": event, "running": running, "upcoming": upcoming}
    return render(request, "conference/_now.html", context)


def is_part(request: HttpRequest) -> bool:
    """Whether htmx asks for a part; when it goes back in the history it needs the page."""
    return "HX-Request" in request.headers and (
        "HX-History-Restore-Request" not in request.headers
    )
