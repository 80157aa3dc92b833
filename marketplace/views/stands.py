from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chat.reading import count_unread
from chat.refusal import Refusal
from conference.models import Event
from conference.models.event import Standing
from conference.templatetags.shared import standing_in
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
    stands = Stand.objects.visible_to(request.user).filter(event=event, slug=slug)
    if not event.market_is_open and not stands.exists():
        return show_shut(request, event)
    stands = stands.select_related("topic", "room").prefetch_related("leads")
    stand = get_object_or_404(stands)
    stand.event, standing, refusal = event, standing_in(request, event), None
    try:
        stand.enter(request.user, standing)
    except Refusal as shut:
        refusal = shut
    may_edit = standing == Standing.ORGANISER or stand.is_kept_by(request.user)
    context: dict[str, Any] = {"event": event, "stand": stand, "refusal": refusal}
    # What many readers have in common is what everybody may see.
    stroll = Stroll(event, request.user if may_edit else AnonymousUser(), request.GET)
    context |= {"stroll": stroll, "around": partial(stroll.around, stand)}
    context |= {"may_edit": may_edit, "strolls_alone": may_edit or bool(stroll.asked)}
    return render(request, "marketplace/stand.html", context)


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
