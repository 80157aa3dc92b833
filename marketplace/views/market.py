from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from conference.models import Event
from conference.views.programme import is_part
from marketplace.models import Stand
from marketplace.stroll import Stroll

PAGE = "marketplace/market.html"


@login_not_required
@never_cache
@require_safe
def index(request: HttpRequest, event_slug: str) -> HttpResponse:
    event = get_object_or_404(Event.objects.visible_to(request.user), slug=event_slug)
    if not event.market_is_open and not event.is_run_by(request.user):
        return show_shut(request, event)
    stroll = Stroll(event, request.user, request.GET)
    context = {"event": event, "stroll": stroll, "keeps_stands": keeps_stands(request, event)}
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
