from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils.text import slugify

from chat.models import Presence
from conference.models import Person
from marketplace.models import Offer, Stand, Topic

Add = Callable[..., Stand]


@pytest.fixture
def add(stand: Stand, now: datetime) -> Add:
    """``add("Nähcafé", district="Ulm")``: one more published stand at the same market."""

    def add(title: str, topic: str = "dorf", **fields: Any) -> Stand:
        event = stand.event
        fields = {
            "slug": slugify(title),
            "organisation": "Verein",
            "place": "Ulm",
            "district": "Ulm",
            "summary": "Ein Satz.",
            "published_at": now - timedelta(days=7),
        } | fields
        return Stand.objects.create(
            event=event,
            title=title,
            topic=Topic.objects.get_or_create(
                event=event, slug=topic, defaults={"name": topic.title()}
            )[0],
            **fields,
        )

    return add


@pytest.fixture
def offer(stand: Stand) -> Offer:
    return Offer.objects.create(
        stand=stand, kind=Offer.Kind.VISIT, title="Führung durch den Laden", cost="kostenfrei"
    )


def arrive(stand: Stand, person: Person, now: datetime) -> None:
    """The person sits in the stand's room."""
    Presence.objects.create(room=stand.room, person=person, process="a", seen_at=now)
