"""The named cast: the same people, stand and forum in every test."""

import secrets
from datetime import datetime, timedelta
from typing import Any

import pytest

from chat import clock
from chat.models import Role
from conference.models import Event, Forum, Person, Recording, Session, Slot
from marketplace.models import Lead, Stand, Topic
from tests.films import small_video, with_film


@pytest.fixture
def now() -> datetime:
    """The moment that the cast's times hang on."""
    return clock.now()


@pytest.fixture
def event(db: None, now: datetime) -> Event:
    """Online, published, on since yesterday, with an open market."""
    return Event.objects.create(
        slug="quartier",
        title="Fachtag Quartier",
        starts_at=now - timedelta(days=1),
        ends_at=now + timedelta(days=1),
        published_at=now - timedelta(days=90),
        registration_opens_at=now - timedelta(days=60),
        registration_closes_at=now + timedelta(hours=12),
        market_opens_at=now - timedelta(days=1),
        contact_name="Büro Fachtag",
        contact_email="fachtag@example.org",
    )


@pytest.fixture
def fragments(settings: Any) -> None:
    """Pages keep what readers have in common, as they do in earnest."""
    backend = "django.core.cache.backends.locmem.LocMemCache"
    kept = {"BACKEND": backend, "LOCATION": secrets.token_hex()}
    settings.CACHES = settings.CACHES | {"template_fragments": kept}


def attendee(event: Event, email: str, name: str) -> Person:
    person = Person.objects.create_user(email, name=name)
    event.enrol(person)
    return person


@pytest.fixture
def aylin(event: Event) -> Person:
    """An attendee."""
    return attendee(event, "aylin@example.org", "Aylin Yılmaz")


@pytest.fixture
def gerd(event: Event) -> Person:
    """Another attendee."""
    return attendee(event, "gerd@example.org", "Gerd Hoffmann")


@pytest.fixture
def olga(db: None) -> Person:
    """An outsider: has an account, but is not registered."""
    return Person.objects.create_user("olga@example.org", name="Olga Brandt")


@pytest.fixture
def katrin(event: Event) -> Person:
    """The organiser, who may use the administration."""
    person = Person.objects.create_superuser(
        "katrin@example.org", "quartier-und-nachbarn", name="Katrin Vogt"
    )
    event.organisers.add(person)
    return person


@pytest.fixture
def stand(event: Event, now: datetime) -> Stand:
    """A published stand; ``jonas`` keeps it."""
    topic = Topic.objects.create(event=event, slug="dorf", name="Leben im Dorf")
    return Stand.objects.create(
        event=event,
        slug="dorfladen",
        title="Dorfladen Obertal",
        organisation="Bürgergenossenschaft Obertal",
        place="Obertal",
        district="Ortenaukreis",
        topic=topic,
        summary="Ein Laden, den das ganze Dorf trägt.",
        story="Vor fünf Jahren schloss der letzte Laden.",
        published_at=now - timedelta(days=7),
    )


@pytest.fixture
def jonas(stand: Stand) -> Person:
    """The lead of the stand."""
    person = attendee(stand.event, "jonas@example.org", "Jonas Weber")
    Lead.objects.create(stand=stand, person=person, function="Vorstand")
    stand.room.admit(person, Role.HOST)
    return person


@pytest.fixture
def forum(event: Event) -> Forum:
    return Forum.objects.create(
        event=event,
        number=1,
        title="Quartiersarbeit im ländlichen Raum",
        audience="Gemeinden und Landkreise",
    )


@pytest.fixture
def round_one(event: Event, now: datetime) -> Session:
    """The forums' first round, running since five minutes."""
    return Session.objects.create(
        event=event,
        slug="foren-runde-1",
        kind=Session.Kind.ROUND,
        title="Foren, Runde 1",
        starts_at=now - timedelta(minutes=5),
        ends_at=now + timedelta(minutes=85),
    )


@pytest.fixture
def slot(forum: Forum, round_one: Session) -> Slot:
    """The forum in its first round; ``petra`` moderates it."""
    return Slot.objects.create(forum=forum, round=round_one, capacity=3)


@pytest.fixture
def petra(slot: Slot) -> Person:
    """The moderator of the slot."""
    person = attendee(slot.forum.event, "petra@example.org", "Petra Maier")
    slot.appoint(person)
    return person


@pytest.fixture
def recording(event: Event, now: datetime) -> Recording:
    """An open recording with a video of three seconds."""
    recording = Recording.objects.create(
        event=event,
        slug="dialog",
        title="Rückblick im Gespräch",
        available_from=now - timedelta(hours=1),
        duration=timedelta(seconds=3),
    )
    with_film(recording, small_video())
    return recording
