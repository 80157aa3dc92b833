"""Direct messages that somebody reported: organisers see these, and none beside them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chat.models import Report, Role
from chat.refusal import Refusal
from conference.models import Event


def running(act: Callable[[HttpRequest, Report], str]) -> Callable[..., HttpResponse]:
    """Find the report for who runs the event; say what was done."""

    @require_POST
    @wraps(act)
    def enter(request: HttpRequest, event_slug: str, pk: int) -> HttpResponse:
        event = get_object_or_404(Event.objects.visible_to(request.user), slug=event_slug)
        if not event.is_run_by(request.user):
            raise PermissionDenied
        rooms = event.rooms
        reports = Report.objects.open().direct(rooms).select_related("message__room")
        report = get_object_or_404(reports, pk=pk)
        rooms.get(talks__room=report.message.room).admit(request.user, Role.MODERATOR)
        try:
            messages.success(request, act(request, report))
        except Refusal as refusal:
            messages.error(request, str(refusal))
        return redirect("reports", event.slug)

    return enter


@running
def hide(request: Any, report: Report) -> str:
    report.message.hide(request.user)
    return _("The message is hidden from both.")


@running
def keep(request: Any, report: Report) -> str:
    report.message.keep(request.user)
    return _("The message stays.")
