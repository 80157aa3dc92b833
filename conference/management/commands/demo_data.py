"""The reference event and its series, from the texts in ``conference/demo/``."""

import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction

from chat import clock
from chat.models import Message
from conference.management.commands.demo import REGISTERED, move
from conference.models import (
    Contingent,
    Event,
    Forum,
    ForumMaterial,
    Page,
    Person,
    Question,
    Registration,
    Session,
    Slot,
    Speaker,
    Waiting,
)

TEXTS = Path(__file__).resolve().parents[2] / "demo"
ROUNDS = ["foren-runde-1", "foren-runde-2"]
Data = dict[str, Any]


class Command(BaseCommand):
    help = "Loads the reference event with its programme, forums and people; again is fine."

    def handle(self, *args: Any, **options: Any) -> None:
        data = tomllib.loads((TEXTS / "fachtag.toml").read_text())
        with transaction.atomic():
            load_pages()
            load_series()
            if not Event.objects.filter(slug=data["event"]["slug"]).exists():
                load_reference(data)


def load_pages() -> None:
    for position, slug in enumerate(["impressum", "datenschutz", "barrierefreiheit", "hilfe"]):
        title, _gap, body = (TEXTS / f"pages/{slug}.md").read_text().partition("\n\n")
        fields = {"title": title.removeprefix("# "), "body": body, "position": position}
        Page.objects.get_or_create(slug=slug, defaults=fields)


def load_series() -> None:
    zone = ZoneInfo("Europe/Berlin")
    for fields in tomllib.loads((TEXTS / "series.toml").read_text())["events"]:
        if not Event.objects.filter(slug=fields["slug"]).exists():
            Event.objects.create(
                **{
                    key: value.replace(tzinfo=zone) if isinstance(value, datetime) else value
                    for key, value in fields.items()
                }
            )


def load_reference(data: Data) -> None:
    event = load_event(**data["event"])
    people = {fields["email"]: load_person(event, **fields) for fields in data["people"]}
    speakers = {
        fields["name"]: Speaker.objects.create(
            event=event, **fields | {"person": people.get(fields.get("person", ""))}
        )
        for fields in data["speakers"]
    }
    for fields in data["sessions"]:
        load_session(event, fields, speakers)
    for fields in data["forums"]:
        load_forum(event, fields, speakers, people)
    for position, fields in enumerate(data["questions"]):
        Question.objects.create(event=event, position=position, **fields)
    for fields in data["materials"]:
        number = fields.pop("forum")
        ForumMaterial.objects.create(forum=event.forums.get(number=number), **fields)
    # Places are given for what lies ahead: the event starts tomorrow, and moves on from there.
    move(event, (clock.now() + timedelta(days=1)).astimezone(event.zone).date())
    event.refresh_from_db()
    event.registrations.update(
        **dict.fromkeys(REGISTERED, event.starts_at - timedelta(days=40))
    )
    for fields in data["people"]:
        if "slot" in fields:
            seat(people[fields["email"]].registrations.get(), slot_of(event, *fields["slot"]))
    load_crowd(event, data)
    load_talks(event, people, **tomllib.loads((TEXTS / "talks.toml").read_text()))


def load_event(*, first_day: Any, **fields: Any) -> Event:
    zone = ZoneInfo(fields["time_zone"])
    first = datetime.combine(first_day, datetime.min.time(), zone)
    moment = partial(moment_after, first)
    return Event.objects.create(
        starts_at=moment(fields.pop("starts")),
        ends_at=moment(fields.pop("ends")),
        published_at=moment(fields.pop("published")),
        registration_opens_at=moment(fields.pop("registration_opens")),
        registration_closes_at=moment(fields.pop("registration_closes")),
        market_opens_at=moment(fields.pop("market_opens")),
        **fields,
    )


def moment_after(first: datetime, text: str) -> datetime:
    """From ``2 9:30``: half past nine on the second day, in the zone of ``first``."""
    day, clock = text.split()
    hour, minute = map(int, clock.split(":"))
    return (first + timedelta(days=int(day) - 1)).replace(hour=hour, minute=minute)


def load_person(
    event: Event, *, email: str, organises: bool = False, slot: object = None, **fields: str
) -> Person:
    person, _is_new = Person.objects.get_or_create(
        email=email, defaults={**fields, "password": make_password(None)}
    )
    event.enrol(person)
    if organises:
        call_command("organisers", verbosity=0)
        person.is_staff = True
        person.save(update_fields=["is_staff"])
        person.groups.add(Group.objects.get(name="Organisers"))
        event.organisers.add(person)
    return person


def load_session(event: Event, fields: Data, speakers: dict[str, Speaker]) -> None:
    names = fields.pop("speakers", [])
    first = event.at(1, 0)
    session = Session.objects.create(
        event=event,
        starts_at=moment_after(first, fields.pop("starts")),
        ends_at=moment_after(first, fields.pop("ends")),
        **fields,
    )
    session.speakers.set(speakers[name] for name in names)


def load_forum(
    event: Event, fields: Data, speakers: dict[str, Speaker], people: dict[str, Person]
) -> None:
    own = {key: fields[key] for key in ("number", "title", "audience", "abstract")}
    forum = Forum.objects.create(event=event, **own)
    forum.speakers.set(speakers[name] for name in fields["speakers"])
    for slug, capacity in zip(ROUNDS, fields["capacity"], strict=True):
        slot = Slot.objects.create(
            forum=forum, round=event.sessions.get(slug=slug), capacity=capacity
        )
        for address in fields["moderators"]:
            slot.appoint(people[address])


def slot_of(event: Event, number: int, turn: int) -> Slot:
    return Slot.objects.select_related("forum__event", "round").get(
        forum__event=event, forum__number=number, round__slug=ROUNDS[turn - 1]
    )


def load_crowd(event: Event, data: Data) -> None:
    """As many more attendees as it takes for the places that are taken, and who wait."""
    newcomers = attendees(event, data["crowd"])
    for fields in data["forums"]:
        for turn, wanted in enumerate(fields["taken"], 1):
            slot = slot_of(event, fields["number"], turn)
            for _place in range(wanted - slot.taken):
                seat(next(newcomers), slot)
    for fields in data["waiting"]:
        slot = slot_of(event, *fields["slot"])
        for rank in range(1, fields["people"] + 1):
            registration = next(newcomers)
            Waiting.objects.create(
                registration=registration,
                forum=slot.forum,
                slot=None if rank % 3 == 0 else slot,
                rank=rank,
                joined_at=clock.now() - timedelta(hours=24 - rank),
            )
    for fields in data["contingents"]:
        slot, moment = slot_of(event, *fields.pop("slot")), fields.pop("releases")
        # Here the event may still say when it was; it has moved on.
        releases_at = moment_after(Event.objects.get(pk=event.pk).at(1, 0), moment)
        Contingent(slot=slot, releases_at=releases_at, **fields).hold()


def seat(registration: Registration, slot: Slot) -> None:
    """Without a mail: two hundred would hide those that the demo's visitors get."""
    slot.count(taken=1)
    registration.add_place(slot, [])


def attendees(event: Event, names: dict[str, list[str]]) -> Iterator[Registration]:
    """Registrations of ever new people; steps of no common divisor mix the names."""
    count = len(names["first_names"])
    organisations, places = cycle(names["organisations"]), cycle(names["places"])
    for number in range(count * count):
        first = names["first_names"][number % count]
        last = names["last_names"][(number * 7 + number // count) % count]
        place, organisation = next(places), next(organisations)
        person = Person.objects.create(
            email=f"person{number + 1}@example.org",
            name=f"{first} {last}",
            organisation=organisation,
            place=place,
            password=make_password(None),
        )
        days = number % 45
        moment = event.starts_at.astimezone(UTC) - timedelta(days=14 + days, minutes=number * 7)
        yield Registration.objects.create(
            event=event,
            person=person,
            consented_at=moment,
            registered_at=moment,
            confirmed_at=moment + timedelta(minutes=6),
        )


def load_talks(
    event: Event, people: dict[str, Person], foyer: list[Data], forums: dict[str, str]
) -> None:
    """The morning's talk in the foyer, and a welcome in each forum's room."""
    said: list[Message] = []
    for line in foyer:
        answered = said[line["answers"] - 1].number if "answers" in line else None
        said.append(say(event, people[line["who"]], line["text"], line["ago"], answered))
    for slot in Slot.objects.filter(forum__event=event).select_related("forum", "room"):
        moderator = slot.moderators.order_by("pk")[0]
        text = forums[str(slot.forum.number)]
        say(slot, moderator, text, ago=15 + slot.forum.number)


def say(
    host: Event | Slot, person: Person, text: str, ago: int, answers: int | None = None
) -> Message:
    """Something that was said so many minutes ago."""
    host.enter(person)
    client_id = uuid5(NAMESPACE_URL, f"{host.room_id}/{ago}")
    message = host.room.post(person, text, client_id, answers)
    message.posted_at = clock.now() - timedelta(minutes=ago)
    message.save(update_fields=["posted_at"])
    return message
