"""A premiere, for those who watch: how it stands; and for those who run it: its controls."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from chat.refusal import Refusal
from conference.forms import DelayForm
from conference.models import Premiere, Session
from conference.templatetags.timecodes import timecode


def find(request: HttpRequest, event_slug: str, slug: str) -> Premiere:
    sessions = Session.objects.visible_to(request.user)
    session = get_object_or_404(sessions, event__slug=event_slug, slug=slug)
    premieres = Premiere.objects.select_related("recording__event", "session__event")
    return get_object_or_404(premieres, session=session)


def leading(view: Callable[[HttpRequest, Premiere], str]) -> Callable[..., HttpResponse]:
    """Find the premiere for who runs its event; say what was done, or why it was not."""

    @require_POST
    @wraps(view)
    def enter(request: HttpRequest, event_slug: str, slug: str) -> HttpResponse:
        premiere = find(request, event_slug, slug)
        if not premiere.session.event.is_run_by(request.user):
            raise PermissionDenied
        try:
            messages.success(request, view(request, premiere))
        except Refusal as refusal:
            messages.error(request, str(refusal))
        return redirect(premiere)

    return enter


@login_not_required
@never_cache
@require_safe
def show(request: HttpRequest, event_slug: str, slug: str) -> HttpResponse:
    """How it stands, for pages whose socket does not tell them; no secret, like the programme.

    Those who run it get their controls, as they are now, when htmx asks.
    """
    premiere = find(request, event_slug, slug)
    if not request.headers.get("HX-Request"):
        return JsonResponse(premiere.told)
    if not premiere.session.event.is_run_by(request.user):
        raise PermissionDenied
    context = {"premiere": premiere, "event": premiere.session.event}
    return render(request, "conference/_premiere_controls.html", context)


@leading
def delay(request: HttpRequest, premiere: Premiere) -> str:
    form = DelayForm(request.POST)
    if not form.is_valid():
        raise Refusal(_("Please enter from 1 to 240 minutes."))
    minutes = form.cleaned_data["minutes"]
    premiere.delay(minutes)
    return ngettext(
        "The premiere starts %(minutes)s minute later. All pages show it.",
        "The premiere starts %(minutes)s minutes later. All pages show it.",
        minutes,
    ) % {"minutes": minutes}


@leading
def start(request: HttpRequest, premiere: Premiere) -> str:
    premiere.start_now()
    return _("The premiere starts in a few seconds, for all.")


@leading
def pause(request: HttpRequest, premiere: Premiere) -> str:
    premiere.pause()
    return _("The premiere is paused for all, at %(time)s.") % {
        "time": timecode(premiere.position())
    }


@leading
def go_on(request: HttpRequest, premiere: Premiere) -> str:
    premiere.go_on()
    return _("The premiere goes on for all.")


@leading
def end(request: HttpRequest, premiere: Premiere) -> str:
    premiere.end()
    return _("The premiere is over for all.")
