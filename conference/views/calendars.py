"""An event for the calendar at home or in the office (RFC 5545)."""

from datetime import UTC, datetime

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from chat import clock
from conference.models import Event


@login_not_required
@require_safe
def show(request: HttpRequest, event_slug: str) -> HttpResponse:
    event = get_object_or_404(Event.objects.visible_to(request.user), slug=event_slug)
    name = f'attachment; filename="{event.slug}.ics"'
    return HttpResponse(
        entry_of(event), "text/calendar; charset=utf-8", headers={"Content-Disposition": name}
    )


def entry_of(event: Event) -> str:
    url = settings.SITE_URL + event.get_absolute_url()
    place = event.venue if event.form == Event.Form.ON_SITE else url
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Fachtag//Fachtag//DE",
        "BEGIN:VEVENT",
        f"UID:{event.slug}@{settings.SITE_URL.partition('://')[2]}",
        f"DTSTAMP:{stamp(clock.now())}",
        f"DTSTART:{stamp(event.starts_at)}",
        f"DTEND:{stamp(event.ends_at)}",
        f"SUMMARY:{text(event.title)}",
        f"DESCRIPTION:{text(event.subtitle)}",
        f"LOCATION:{text(place)}",
        f"URL:{url}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{fold(line)}\r\n" for line in lines)


def stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def text(value: str) -> str:
    for mark in "\\;,":
        value = value.replace(mark, "\\" + mark)
    return value.replace("\r\n", "\\n").replace("\n", "\\n")


def fold(line: str) -> str:
    """At most 75 octets a line, never within a letter."""
    lines, length = [""], 0
    for letter in line:
        length += len(letter.encode())
        if length > 75:
            lines.append(" ")
            length = 1 + len(letter.encode())
        lines[-1] += letter
    return "\r\n".join(lines)
