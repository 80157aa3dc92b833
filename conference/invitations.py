"""Administration: people with a part in an event are invited by mail, their role ready."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import ngettext

if TYPE_CHECKING:
    from conference.models import Event, Person

# Whom, to what, as what, what they do there, and where they land.
Part = tuple["Person", "Event", Any, Any, str]


def invite(request: HttpRequest, parts: Iterable[Part]) -> None:
    """Each once per call, in their own language; says to the organiser how many."""
    count = 0
    for person, event, role, what, path in parts:
        with translation.override(person.language):
            event.invite(person, role=str(role), what=str(what), path=path)
        count += 1
    text = ngettext(
        "%(count)d invitation is on its way.", "%(count)d invitations are on their way.", count
    )
    messages.success(request, text % {"count": count})
