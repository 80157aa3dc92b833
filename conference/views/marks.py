"""My programme: sessions that a person marks."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chat.paths import path_before
from conference.models import Person, Session


@require_POST
def create(request: HttpRequest, event_slug: str, slug: str) -> HttpResponse:
    session = find(request, event_slug, slug)
    session.mark_for(get_object_or_404(Person, pk=request.user.pk))
    messages.success(request, _("“%(session)s” is in your programme.") % {"session": session})
    return redirect(path_before(request) or session)


@require_POST
def delete(request: HttpRequest, event_slug: str, slug: str) -> HttpResponse:
    session = find(request, event_slug, slug)
    session.unmark_for(get_object_or_404(Person, pk=request.user.pk))
    text = _("“%(session)s” is no longer in your programme.")
    messages.success(request, text % {"session": session})
    return redirect(path_before(request) or session)


def find(request: HttpRequest, event_slug: str, slug: str) -> Session:
    sessions = Session.objects.visible_to(request.user).select_related("event")
    return get_object_or_404(sessions, event__slug=event_slug, slug=slug)
