from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from conference.models import Event
from conference.models.event import Standing
from conference.templatetags.shared import standing_in
from conference.views.programme import is_part
from marketplace.models import Stand
from marketplace.stroll import Stroll

PAGE = "marketplace/market.html"


@login_not_required
@never_cache
@require_safe
def index(request: HttpRequest, event_slug: str) -> HttpResponse:
    event = get_object_or_404(Event.objects.visible_to(request.user), slug=event_slug)
    is_run = standing_in(request, event) == Standing.ORGANISER
    if not event.market_is_open and not is_run:
        return show_shut(request, event)
    keeps = keeps_stands(request, event)
    # What many readers have in common is what everybody may see.
    stroll = Stroll(event, request.user if keeps or is_run else AnonymousUser(), request.GET)
    context = {"event": event, "stroll": stroll, "keeps_stands": keeps, "path": request.path}
    context["strolls_alone"] = keeps or bool(stroll.asked)
    if not is_part(request):
        return render(request, PAGE, context)
    # A filter taken away changes the form too; whoever types must keep what they typed.
    is_whole = request.headers.get("HX-Target") == "div#markt"
    part = "market" if is_whole else "results"
    response = render(request, f"{PAGE}#{part}", context | {"takes_focus": is_whole})
    if request.headers.get("HX-Source") != "section#ergebnis":  # which looks again by itself
        response["HX-Push-Url"] = f"{request.path}?{stroll.query}".rstrip("?")
    return response


def show_shut(request: HttpRequest, event: Event) -> HttpResponse:
    """Not open yet: when it opens, and the way for those who prepare it."""
    context = {"event": event, "keeps_stands": keeps_stands(request, event)}
    return render(request, "marketplace/shut.html", context)


def keeps_stands(request: HttpRequest, event: Event) -> bool:
    return Stand.objects.kept_by(request.user).filter(event=event).exists()
