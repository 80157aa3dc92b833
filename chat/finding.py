"""Finding messages again: by their words, in the rooms that a person may enter.

A message keeps its text once more as ``chat.text.fold`` leaves it, so that each database
searches alike: “strasse” finds “Straße”, “burger” and “buerger” find “Bürger”.
"""

import re

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from chat.models import Message
from chat.text import fold

LISTED = 50
MOST_WORDS = 8
AROUND = 24, 50  # words and gaps shown before the first hit, and from there on


def find(person_pk: int, text: str, room_pk: int | None = None) -> list[Message]:
    """Shown messages with each of these words somewhere, the newest first; one query."""
    messages = Message.objects.filter(
        room__memberships__person=person_pk, deleted_at=None, hidden_at=None
    )
    if room_pk is not None:
        messages = messages.filter(room=room_pk)
    for word in fold(text).split()[:MOST_WORDS]:
        messages = messages.filter(folded__contains=word)
    messages = messages.select_related("author", "room")
    return list(messages.order_by("-posted_at", "-pk")[:LISTED])


def excerpt(body: str, text: str) -> SafeString:
    """The part around the first word that was looked for, with all such words marked."""
    wanted = re.findall(r"\w+", fold(text))
    pieces = re.split(r"(\w+)", " ".join(body.split()))
    is_hit = [any(word in fold(piece) for word in wanted) for piece in pieces]
    first = is_hit.index(True) if True in is_hit else 0
    start, end = max(0, first - AROUND[0]), first + AROUND[1]
    html = "".join(
        format_html("<mark>{}</mark>", piece) if hit else escape(piece)
        for piece, hit in zip(pieces[start:end], is_hit[start:end], strict=True)
    )
    before, after = "… " if start else "", " …" if end < len(pieces) else ""
    return mark_safe(f"{before}{html}{after}")  # noqa: S308 - escaped piece by piece
