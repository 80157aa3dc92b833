"""Finding stands, forgiving about case, accents and the spelling of umlauts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from chat.text import fold

if TYPE_CHECKING:
    from marketplace.models import Stand


def find(stands: Iterable[Stand], text: str) -> list[Stand]:
    """Those in which each word of the text occurs somewhere; needs their offers and topics."""
    words = fold(text).split()
    texts = ((stand, said_by(stand)) for stand in stands)
    return [stand for stand, said in texts if all(word in said for word in words)]


def said_by(stand: Stand) -> str:
    offers = (f"{offer.title} {offer.description}" for offer in stand.offers.all())
    own = [stand.title, stand.organisation, stand.place, stand.district, stand.topic.name]
    return fold("\n".join([*own, stand.summary, stand.story, *offers]))
