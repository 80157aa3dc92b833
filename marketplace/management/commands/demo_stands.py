"""The market of the reference event, from the texts in ``marketplace/demo/``."""

from __future__ import annotations

import tomllib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils.text import slugify

from chat import clock
from chat.models import Message
from conference.management.commands.demo import REFERENCE
from conference.models import Event, Person
from marketplace.demo.leaflet import leaflet
from marketplace.demo.scenes import paint
from marketplace.models import Offer, Stand, StandMaterial, Topic

TEXTS = Path(__file__).resolve().parents[2] / "demo"
OWN = ["slug", "title", "organisation", "place", "district", "summary", "story", "picture_text"]
Data = dict[str, Any]


class Command(BaseCommand):
    help = "Loads the stands of the reference event, with pictures and people; again is fine."

    def handle(self, *args: Any, **options: Any) -> None:
        event = Event.objects.get(slug=REFERENCE)
        there = set(event.stands.values_list("slug", flat=True))
        missing = [one for one in stands() if one[2]["slug"] not in there]
        with ThreadPoolExecutor() as painters:
            pictures = painters.map(picture_of, missing)
            for (topic, position, fields), picture in zip(missing, pictures, strict=True):
                stand = load_stand(event, topic, position, fields)
                stand.hang(picture)
                load_chat(stand, fields.get("chat", []))


def stands() -> list[tuple[Data, int, Data]]:
    """All of them with their topic and their place in it, in the order of the stroll."""
    topics = [tomllib.loads(path.read_text()) for path in sorted(TEXTS.glob("*.toml"))]
    return [
        ({"slug": topic["slug"], "name": topic["name"], "position": number}, position, fields)
        for number, topic in enumerate(topics, 1)
        for position, fields in enumerate(topic["stands"], 1)
    ]


def picture_of(one: tuple[Data, int, Data]) -> Any:
    topic, _position, fields = one
    return paint(topic["slug"], fields["slug"], fields["motif"])


@transaction.atomic
def load_stand(event: Event, topic: Data, position: int, fields: Data) -> Stand:
    stand = Stand.objects.create(
        event=event,
        topic=Topic.objects.get_or_create(event=event, slug=topic["slug"], defaults=topic)[0],
        position=position,
        published_at=clock.now() - timedelta(days=14),
        **{name: fields[name].strip() for name in OWN},
    )
    for lead in fields["leads"]:
        stand.appoint(person_called(lead["name"], stand), lead["function"])
    for number, offer in enumerate(fields["offers"]):
        Offer.objects.create(stand=stand, position=number, **offer)
    for number, material in enumerate(fields["materials"]):
        load_material(stand, number, **material)
    return stand


def person_called(name: str, stand: Stand) -> Person:
    address = slugify(name.removeprefix("Dr. ").replace("ı", "i")).replace("-", ".")
    own = {"organisation": stand.organisation, "place": stand.place}
    person, _is_new = Person.objects.get_or_create(
        email=f"{address}@example.org",
        defaults={"name": name, "password": make_password(None), **own},
    )
    return person


def load_material(
    stand: Stand, position: int, title: str, url: str = "", pdf: list[str] | None = None
) -> None:
    material = StandMaterial(stand=stand, title=title, url=url, position=position)
    if pdf:
        file = ContentFile(leaflet(title, pdf))
        material.file.save(f"{slugify(title)}.pdf", file, save=False)
    material.save()


def load_chat(stand: Stand, lines: list[tuple[str, str]]) -> None:
    """What was said this morning, the last of it a few minutes ago."""
    for number, (name, body) in enumerate(lines):
        person = person_called(name, stand)
        stand.event.enrol(person)
        stand.enter(person)
        message = stand.room.post(person, body, uuid5(NAMESPACE_URL, f"{stand.slug}/{number}"))
        ago = timedelta(minutes=6 + 9 * (len(lines) - number))
        Message.objects.filter(pk=message.pk).update(posted_at=clock.now() - ago)
