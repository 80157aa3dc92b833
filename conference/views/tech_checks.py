from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache

from chat.limits import TooMany, count
from conference.forms import TechCheckForm
from conference.limits import network_of
from conference.models import Event
from conference.views.logins import show_form

CHECKS = 300  # kept from one network …
PERIOD = 10 * 60  # … in so many seconds


@login_not_required
@never_cache
def show(request: HttpRequest, event_slug: str) -> HttpResponse:
    """Sound, video, connection and browser, beforehand; the answer says what to do."""
    event = get_object_or_404(Event.objects.visible_to(request.user), slug=event_slug)
    form = TechCheckForm(request.POST if request.method == "POST" else None)
    context = {"event": event, "form": form}
    if not form.is_valid():
        return show_form(request, "conference/tech_check.html", context)
    try:
        if form.cleaned_data["agrees"]:
            count(f"check from {network_of(request)}", CHECKS, seconds=PERIOD)
            form.instance.keep(event, request.user)
    except TooMany as refusal:
        return show_form(request, "conference/tech_check.html", context, refusal)
    context["check"] = form.instance
    return render(request, "conference/tech_check.html", context)
