"""Events, sessions and one's own programme for the calendar at home or in the office."""

from hashlib import sha256

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from conference.calendar import entry_of, programme_of, session_entry_of
from conference.models import Event, Person, Session


@login_not_required
@require_safe
def show(request: HttpRequest, event_slug: str) -> HttpResponseBase:
    event = get_object_or_404(Event.objects.visible_to(request.user), slug=event_slug)
    return answer(request, entry_of(event), event.slug)


@login_not_required
@require_safe
def session(request: HttpRequest, event_slug: str, slug: str) -> HttpResponseBase:
    sessions = Session.objects.visible_to(request.user).select_related("event")
    session = get_object_or_404(sessions, event__slug=event_slug, slug=slug)
    return answer(request, session_entry_of(session), session.slug)


@require_safe
@cache_control(private=True, no_cache=True)
def mine(request: HttpRequest, event_slug: str) -> HttpResponseBase:
    """My programme in this event, as a file."""
    event = get_object_or_404(Event.objects.visible_to(request.user), slug=event_slug)
    person = get_object_or_404(Person, pk=request.user.pk)
    return answer(request, programme_of(person, event), event.slug)


@login_not_required
@require_safe
@cache_control(private=True, no_cache=True)
def subscription(request: HttpRequest, token: str) -> HttpResponseBase:
    """My programme in all events, as calendars ask for it again and again: without a login."""
    person = Person.with_calendar_token(token)
    if person is None:
        raise Http404
    with translation.override(person.language):
        return answer(request, programme_of(person))


@require_POST
def renew(request: HttpRequest, event_slug: str) -> HttpResponse:
    """A new secret address: the old one opens nothing more."""
    person = get_object_or_404(Person, pk=request.user.pk)
    person.renew_calendar()
    messages.success(request, _("Your calendar has a new address. The old one is shut."))
    return redirect("registration", event_slug)


def answer(request: HttpRequest, text: str, file: str = "") -> HttpResponseBase:
    """As a file to open, or, without a name, as a calendar to follow; 304 if it is known."""
    etag = quote_etag(sha256(text.encode()).hexdigest()[:32])
    response = HttpResponse(text, "text/calendar; charset=utf-8", headers={"ETag": etag})
    if file:
        response["Content-Disposition"] = f'attachment; filename="{file}.ics"'
    return get_conditional_response(request, etag, response=response) or response
