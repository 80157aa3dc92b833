"""What an event's pages have in common: ``{% load event %}{{ event|days_in_words }}``."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from conference.models import Event
from conference.models.event import Standing
from conference.templatetags.shared import standing_in

register = template.Library()

# For events without a picture of their own.
DRAWINGS = ["img/platz.svg", "img/dorf.svg", "img/stadtteil.svg"]


@register.filter
def days_in_words(event: Event) -> str:
    """“15. bis 17. Juli 2026”, in the event's zone and the reader's language."""
    first, last = (at.astimezone(event.zone).date() for at in (event.starts_at, event.ends_at))
    if first == last:
        return date_format(last, "DATE_FORMAT")
    if first.year != last.year:
        days = date_format(first, "DATE_FORMAT"), date_format(last, "DATE_FORMAT")
    elif first.month != last.month:
        days = date_format(first, "MONTH_DAY_FORMAT"), date_format(last, "DATE_FORMAT")
    else:
        days = (
            date_format(first, pgettext("first day of several in one month", "F j")),
            date_format(last, pgettext("last day of several in one month", "j, Y")),
        )
    return _("%(first)s to %(last)s") % {"first": days[0], "last": days[1]}


@register.filter
def phone(number: str) -> str:
    """As an address to call."""
    return "".join(sign for sign in number if sign.isdigit() or sign == "+")


@register.filter
def webcal(url: str) -> str:
    """The same address for a calendar program to subscribe to."""
    return f"webcal://{url.partition('://')[2]}"


@register.inclusion_tag("conference/_event_picture.html")
def event_picture(event: Event) -> dict[str, Any]:
    return {"event": event, "drawing": static(DRAWINGS[event.pk % len(DRAWINGS)])}


@register.inclusion_tag("_event_band.html", takes_context=True)
def event_band(context: template.Context, *, facts: bool = True) -> dict[str, Any]:
    """The ways inside the event and, with ``facts``, its name, days and state.

    One query for who is logged in, and one more now and then.
    """
    event, request = context["event"], context["request"]
    is_entered = standing_in(request, event) != Standing.OUTSIDER
    return {
        "event": event,
        "request": request,
        "path": request.path,
        "ways": partial(ways_in, event, request.path, is_entered=is_entered),
        "facts": facts,
    }


def ways_in(event: Event, path: str, *, is_entered: bool) -> list[tuple[str, str, bool]]:
    """Label and address of each part of the event that is open, and whether we are there."""
    ways = []
    for label, route in rooms_of(event, is_entered=is_entered):
        address = reverse(route, args=[event.slug])
        is_within = path.startswith(address) and route != "event"
        ways.append((label, address, is_within or path == address))
    return ways


def rooms_of(event: Event, *, is_entered: bool) -> Iterator[tuple[str, str]]:
    """The parts of the event that are open, each with its route."""
    parts = event.parts
    yield _("Overview"), "event"
    if is_entered:
        yield _("Foyer"), "foyer"
    if "sessions" in parts:
        yield _("Programme"), "programme"
    if "recordings" in parts:
        yield _("Recordings"), "recordings"
    if event.market_is_open:
        yield _("Market of possibilities"), "market:index"
    if "forums" in parts:
        yield _("Forums"), "forums"
