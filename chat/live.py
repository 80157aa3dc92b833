"""Tell everyone who listens, after commit.

What goes through the channel layer are strings and numbers: ``{"type": "frame", "room": 5,
"text": "…"}`` or ``{"type": "reacted", "room": 5, "message": 9}`` to a room; to a person
``{"type": "dismissed", "room": 5, "person": 7}``, or ``{"type": "private", …, "text": "…"}``,
a frame for their eyes only, or ``{"type": "notice", "person": 7, "text": "…"}``, one for all
their pages. Who is told nothing, because Redis is away, catches up: see ``chat.hub``.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock
from typing import TYPE_CHECKING, Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    from datetime import datetime

    from chat.models import Message
    from chat.rows import Row

PATIENCE = 2  # seconds that telling may take
MOST_ROWS = 4096  # that a process keeps; about 3 kB each
Key = tuple[object, ...]
# As queries name what ``key_of`` says of a message.
KEY = (
    "pk",
    "client_id",
    "changed",
    "author__name",
    "author__organisation",
    "answers_to",
    "answers_to__changed",
    "answers_to__author__name",
    "reactions",
)
_rows: OrderedDict[Key, SafeString] = OrderedDict()
_lock = Lock()
home: asyncio.AbstractEventLoop | None = None  # set by ``chat.hub``
logger = logging.getLogger(__name__)


def publish(*messages: Message) -> None:
    """Render each once, the same for everyone, and send each room what is new in it."""
    lines: dict[int, list[str]] = {}
    for message in messages:
        lines.setdefault(message.room_id, []).append(text_of(frame_of(message)))
    _send(
        *(
            (room_group(room), {"type": "frame", "room": room, "text": "\n".join(texts)})
            for room, texts in lines.items()
        )
    )


def notify(message: Message, person_pks: set[int]) -> None:
    """Tell these people, wherever they are, that a message is for them; not what it says."""
    notice = {
        "room": message.room_id,
        "author": str(message.author or ""),
        "place": str(message.room),
        "direct": message.room.is_direct,
        "url": message.get_absolute_url(),
    }
    text = text_of({"notice": notice})
    _send(
        *(
            (person_group(pk), {"type": "notice", "person": pk, "text": text})
            for pk in person_pks
        )
    )


def dismiss(room_pk: int, person_pk: int) -> None:
    """Close the sockets that this person has open in this room, in every process."""
    event = {"type": "dismissed", "room": room_pk, "person": person_pk}
    _send((person_group(person_pk), event))


def tell_room(room_pk: int, frame: dict[str, Any]) -> None:
    """Something that is no message and has no number: how the room is kept."""
    text = text_of({"room": room_pk} | frame)
    _send((room_group(room_pk), {"type": "frame", "room": room_pk, "text": text}))


def tell_person(room_pk: int, person_pk: int, frame: dict[str, Any]) -> None:
    """In all sockets that this person has open in this room, and in nobody else's."""
    text = text_of({"room": room_pk} | frame)
    event = {"type": "private", "room": room_pk, "person": person_pk, "text": text}
    _send((person_group(person_pk), event))


def reacted(message: Message, person_pk: int, mine: dict[str, Any]) -> None:
    """Each process looks the counts up, twice a second at most; one's own go to oneself."""
    event = {"type": "reacted", "room": message.room_id, "message": message.pk}
    _send((room_group(message.room_id), event))
    tell_person(message.room_id, person_pk, mine)


def state_of(slow_seconds: int, paused_at: datetime | None) -> dict[str, Any]:
    """How the room is kept, as frames and pages tell it."""
    return {"slow": slow_seconds, "paused": paused_at is not None}


def mute_of(until: datetime | None, reason: str | None) -> dict[str, str] | None:
    """Until when somebody may not write, and why; None if they may."""
    return {"until": until.isoformat(), "reason": reason or ""} if until else None


def frame_of(message: Message | Row) -> dict[str, Any]:
    """What readers get of a message, by socket or by asking ``messages?since=N``."""
    return {
        "room": message.room_id,
        "number": message.number,
        "changed": message.changed,
        "pinned": message.pinned_at is not None,
        "html": message.html,
    }


def render(message: Message) -> SafeString:
    """The message's row, in all languages and for every role: CSS shows each reader theirs.

    Rendered once for everybody and kept: a new message's frame carries it, pages join these.
    """
    key = key_of(message)
    return kept(key) or _keep(key, message)


def key_of(message: Message) -> Key:
    """Names the message in one of its states: whatever may change in its row (``KEY``)."""
    author, original = message.author, message.answers_to
    return (
        message.pk,
        message.client_id,
        message.changed,
        author and author.name,
        author and author.organisation,
        original and original.pk,
        original and original.changed,
        original and original.author and original.author.name,
        tuple(message.reactions.items()),
    )


def kept(key: Key) -> SafeString | None:
    """The row of this state, if this process has rendered it."""
    with _lock:
        if row := _rows.get(key):
            _rows.move_to_end(key)
        return row


def _keep(key: Key, message: Message) -> SafeString:
    with timezone.override(timezone.get_default_timezone()):
        row = render_to_string("chat/_message.html", {"message": message})
    with _lock:
        _rows[key] = row
        if len(_rows) > MOST_ROWS:
            _rows.popitem(last=False)
    return row


def text_of(frame: dict[str, Any]) -> str:
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":"))


def room_group(room_pk: int) -> str:
    return f"room.{room_pk}"


def person_group(person_pk: int) -> str:
    return f"person.{person_pk}"


def _send(*events: tuple[str, dict[str, Any]]) -> None:
    """By the loop that this process's sockets live on, if there are any; nobody waits.

    Each is a group and what it is sent. They go out one after the other, in one go.
    """
    if home and home.is_running():
        asyncio.run_coroutine_threadsafe(_tell(events), home)
    else:
        async_to_sync(_tell)(events)


async def _tell(events: Iterable[tuple[str, dict[str, Any]]]) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            for group, event in events:
                await get_channel_layer().group_send(group, event)
    except Exception:  # whatever a layer raises: what was stored is stored
        logger.warning("Nobody could be told.", exc_info=True)
