"""What was said beside a premiere, at the seconds of the film that played then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from chat.models import Message
from chat.text import to_html

if TYPE_CHECKING:
    from conference.models import Premiere

MOST_LINES = 5_000


def lines_of(premiere: Premiere) -> list[dict[str, Any]]:
    """In their order; what is hidden or deleted by now is not among them. One query, if
    the premiere's ``pauses`` are prefetched.

    ``{"at": 12.5, "author": "Gerd Hoffmann", "role": "member", "html": "Guten Morgen!"}``
    """
    said = Message.objects.filter(
        room=premiere.session.room_id,
        deleted_at=None,
        hidden_at=None,
        posted_at__range=(premiere.began_at, premiere.over_at),
    )
    messages = list(said.select_related("author").order_by("number")[:MOST_LINES])
    seconds = premiere.seconds_at(message.posted_at for message in messages)
    return [
        {
            "at": round(at, 1),
            "author": str(message.author or _("Deleted account")),
            "role": message.role,
            "html": to_html(message.body, message.mentions),
        }
        for message, at in zip(messages, seconds, strict=True)
        if at is not None
    ]
