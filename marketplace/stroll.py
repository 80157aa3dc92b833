"""One reader's way over the market: what they look for, what they find, in which order."""

from __future__ import annotations

from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict
from django.utils.translation import gettext as _

from chat.reading import count_unread
from chat.text import fold
from conference.models import Event, Person
from marketplace import search
from marketplace.models import Offer, Stand
from marketplace.models.stand import look_around

SEARCH_LENGTH = 100  # characters
ASKED = ["thema", "kreis", "angebot", "besetzt", "suche"]


class Chosen(NamedTuple):
    """A filter in words, and the query that remains without it."""

    words: str
    without: str


class Stroll:
    """The stands that a person may see and looks for; four queries when it is first asked
    about them, and one for who keeps some of them.

    ``query`` is what the addresses of its pages carry, so that the way stays the same from
    stand to stand and back to the market. What nobody could have chosen is left out.
    """

    def __init__(self, event: Event, person: Person | AnonymousUser, data: QueryDict) -> None:
        self.event, self.person = event, person
        self.asked = {name: str(data[name]) for name in ASKED if data.get(name)}

    @cached_property
    def all(self) -> list[Stand]:
        stands = list(
            Stand.objects.visible_to(self.person)
            .filter(event=self.event)
            .select_related("topic", "event")
            .prefetch_related("leads", "offers")
        )
        look_around(stands)
        count_unread(self.person, [one for one in stands if one.is_kept_by(self.person)])
        return stands

    @cached_property
    def options(self) -> dict[str, dict[str, Any]]:
        return options_among(self.all)

    @cached_property
    def filters(self) -> dict[str, str]:
        """What is looked for, by the names of ``ASKED``."""
        if not self.asked:
            return {}
        words = " ".join(self.asked.get("suche", "").split())[:SEARCH_LENGTH]
        possible = {**self.options, "suche": {words} - {""}}
        asked = self.asked | {"suche": words}
        return {name: value for name, value in asked.items() if value in possible[name]}

    @cached_property
    def stands(self) -> list[Stand]:
        stands = [stand for stand in self.all if self.is_wanted(stand)]
        words = self.filters.get("suche")
        return search.find(stands, words) if words else stands

    def is_wanted(self, stand: Stand) -> bool:
        """Whether it passes the filters, apart from the words searched for."""
        wanted = self.filters
        kinds = {offer.kind for offer in stand.offers.all()}
        return (
            wanted.get("thema", stand.topic.slug) == stand.topic.slug
            and wanted.get("kreis", stand.district) == stand.district
            and ("angebot" not in wanted or wanted["angebot"] in kinds)
            and ("besetzt" not in wanted or bool(stand.leads_here))
        )

    @property
    def query(self) -> str:
        return urlencode(self.filters)

    @property
    def staffed(self) -> int:
        """How many stands have somebody there now, whatever one looks for."""
        return sum(bool(stand.leads_here) for stand in self.all)

    @property
    def chosen(self) -> list[Chosen]:
        return [
            Chosen(
                self.options[name][value]
                if name in self.options
                else _("“%(words)s”") % {"words": value},
                urlencode({key: kept for key, kept in self.filters.items() if key != name}),
            )
            for name, value in self.filters.items()
        ]

    def around(self, stand: Stand) -> tuple[Stand | None, Stand | None]:
        """The stands before and after this one; the last is followed by the first."""
        way = self.stands if stand in self.stands else self.all
        if len(way) < 2:
            return None, None
        at = way.index(stand)
        return way[at - 1], way[(at + 1) % len(way)]


def options_among(stands: list[Stand]) -> dict[str, dict[str, Any]]:
    """For each filter's name the values that lead somewhere, and what they say."""
    districts = sorted({stand.district for stand in stands}, key=fold)
    kinds = {offer.kind for stand in stands for offer in stand.offers.all()}
    return {
        "thema": {stand.topic.slug: stand.topic.name for stand in stands},
        "kreis": {district: district for district in districts},
        "angebot": {kind: label for kind, label in Offer.Kind.choices if kind in kinds},
        "besetzt": {"1": _("Somebody is there now")},
    }
