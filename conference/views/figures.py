from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from conference import figures
from conference.models import Event


@never_cache
@require_safe
def show(request: HttpRequest, event_slug: str) -> HttpResponse:
    """The event in numbers, for those who run it."""
    event = get_object_or_404(Event.objects.visible_to(request.user), slug=event_slug)
    if not event.is_run_by(request.user):
        raise PermissionDenied
    bars = figures.over_time(event)
    context = {
        "event": event,
        "bars": bars,
        "highest": max((bar.count for bar in bars), default=0),
        "slots": figures.slots_of(event),
        "counts": figures.counts_of(event),
        "checks": figures.checks_of(event),
        "watched": figures.watching_of(event),
        "fewest": figures.FEWEST,
        "troubled": event.tech_checks.with_trouble().count(),
    }
    return render(request, "conference/figures.html", context)
