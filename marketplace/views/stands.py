from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chat.reading import count_unread
from chat.refusal import Refusal
from conference.models import Event
from marketplace.forms import StandForm
from marketplace.models import Stand
from marketplace.stroll import Stroll
from marketplace.views.market import show_shut


@login_not_required
@never_cache
@require_safe
def show(request: HttpRequest, event_slug: str, slug: str) -> HttpResponse:
    """The stand, and its chat for those who are registered."""
    event = get_object_or_404(Event.objects.visible_to(request.user), slug=event_slug)
    stands = Stand.objects.visible_to(request.user).select_related("event", "topic", "room")
    stands = stands.prefetch_related("leads__person")
    if not event.market_is_open and not stands.filter(event=event, slug=slug).exists():
        return show_shut(request, event)
    stand = get_object_or_404(stands, event=event, slug=slug)
    refusal = None
    try:
        stand.enter(request.user)
    except Refusal as shut:
        refusal = shut
    stroll = Stroll(event, request.user, request.GET)
    before, after = stroll.around(stand)
    context = {
        "event": event,
        "stand": stand,
        "refusal": refusal,
        "stroll": stroll,
        "before": before,
        "after": after,
        "may_edit": may_edit(request, stand),
    }
    return render(request, "marketplace/stand.html", context)


def may_edit(request: HttpRequest, stand: Stand) -> bool:
    return Stand.objects.edited_by(request.user).filter(pk=stand.pk).exists()


@never_cache
def edit(request: HttpRequest, event_slug: str, slug: str) -> HttpResponse:
    """Its leads and the organisers keep it here, preview it, and see what is missing."""
    stands = Stand.objects.edited_by(request.user).select_related("event", "topic", "room")
    stand = get_object_or_404(stands, event__slug=event_slug, slug=slug)
    form = StandForm(request.POST or None, request.FILES or None, instance=stand)
    if form.is_valid():
        form.save()
        messages.success(request, _("Your stand is saved."))
        return redirect("market:stand_edit", event_slug, slug)
    context = {"event": stand.event, "stand": stand, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "marketplace/stand_edit.html", context, status=status)


@never_cache
@require_safe
def mine(request: HttpRequest, event_slug: str) -> HttpResponse:
    event = get_object_or_404(Event.objects.visible_to(request.user), slug=event_slug)
    stands = Stand.objects.kept_by(request.user).filter(event=event).select_related("event")
    context = {"event": event, "stands": count_unread(request.user, stands)}
    return render(request, "marketplace/mine.html", context)
