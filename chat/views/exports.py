"""What was said in a room, to keep: as a table and as text, for those who keep the room."""

import csv
from collections.abc import Iterator
from datetime import datetime

from django.http import HttpResponse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chat.models import Message, Role, Room
from chat.views.doors import Entered, keeping

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # what a spreadsheet would calculate


@require_safe
@keeping
def table(request: Entered, room: Room) -> HttpResponse:
    response = attachment(room, "csv", "text/csv")
    response.write("\ufeff")  # so that spreadsheets take it for UTF-8
    writer = csv.writer(response, delimiter=";")
    zone = timezone.get_default_timezone_name()
    heads = [_("No."), _("Time (%s)") % zone, _("Name"), _("Organisation"), _("Role")]
    writer.writerow([*heads, _("Message"), _("State")])
    for message in said(room):
        author = message.author
        writer.writerow(
            [
                message.number,
                f"{local(message):%Y-%m-%d %H:%M:%S}",
                harmless(str(author or _("Deleted account"))),
                harmless(author.organisation if author else ""),
                Role(message.role).label,
                harmless(message.body if message.is_shown else ""),
                state_of(message),
            ]
        )
    return response


@require_safe
@keeping
def text(request: Entered, room: Room) -> HttpResponse:
    response = attachment(room, "txt", "text/plain")
    response.write(f"{room}\n")
    day = None
    for message in said(room):
        moment = local(message)
        if moment.date() != day:
            day = moment.date()
            response.write(f"\n{moment:%d.%m.%Y}\n\n")
        name = message.author or _("Deleted account")
        body = message.body if message.is_shown else ""
        state = f"[{state_of(message)}]" if state_of(message) else ""
        words = " ".join(filter(None, [body, state])).replace("\n", "\n      ")
        response.write(f"{moment:%H:%M} {name}: {words}\n")
    return response


def said(room: Room) -> Iterator[Message]:
    """In order, without holding all of it in memory."""
    return room.messages.with_author().order_by("number").iterator()


def attachment(room: Room, ending: str, kind: str) -> HttpResponse:
    name = f"{slugify(room.title) or 'chat'}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content_type=f"{kind}; charset=utf-8", headers=headers)


def local(message: Message) -> datetime:
    return timezone.localtime(message.posted_at, timezone.get_default_timezone())


def state_of(message: Message) -> str:
    if message.deleted_at:
        return _("deleted")
    if message.hidden_at:
        return _("hidden")
    return _("edited") if message.edited_at else ""


def harmless(text: str) -> str:
    """So that no spreadsheet takes what somebody wrote for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
