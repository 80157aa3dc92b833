from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chat.models import Report, Role
from conference.models import Event


@never_cache
@require_safe
def index(request: HttpRequest, event_slug: str) -> HttpResponse:
    """What is reported in any room of the event; organisers run all of these rooms."""
    event = get_object_or_404(Event.objects.visible_to(request.user), slug=event_slug)
    if not event.is_run_by(request.user):
        raise PermissionDenied
    rooms = event.rooms
    for room in rooms.with_open_reports().not_entered_by(request.user):
        room.admit(request.user, Role.MODERATOR)
    open_reports = Report.objects.open().to_read().order_by("message", "pk")
    context = {
        "event": event,
        "reports": open_reports.filter(message__room__in=rooms),
        "direct_reports": open_reports.direct(rooms),
    }
    return render(request, "conference/reports.html", context)
