"""Messages as pages and frames show them: their rows, rendered once and joined."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.utils.safestring import SafeString

from chat import live

if TYPE_CHECKING:
    from chat.models.message import MessageQuerySet

FACTS = ("room_id", "number", "author_id", "posted_at", "pinned_at")


class Row(NamedTuple):
    """As much of a message as a page needs that has its row."""

    pk: int
    room_id: int
    number: int
    changed: int
    author_id: int | None
    posted_at: datetime
    pinned_at: datetime | None
    has_reactions: bool
    html: SafeString


def rows_of(messages: MessageQuerySet) -> list[Row]:
    """One query for the state of each; another for those that were not rendered so far."""
    states = list(messages.values(*FACTS, *live.KEY))
    for state in states:
        state["has_reactions"] = bool(state["reactions"])
        state["reactions"] = tuple(state["reactions"].items())
        state["html"] = live.kept(tuple(state[name] for name in live.KEY))
    if unknown := [state["pk"] for state in states if state["html"] is None]:
        found = messages.model._default_manager.with_author().in_bulk(unknown)
        for state in states:
            if message := found.get(state["pk"]):
                state["html"] = live.render(message)
    # What was deleted between the two queries has no row.
    return [Row(*(state[name] for name in Row._fields)) for state in states if state["html"]]
