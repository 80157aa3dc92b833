"""Fills a scratch database: the demo's event, a crowd with sessions, and rooms they are in.

python -m tests.benchmarks.crowd FILE, which becomes::

    {"shift": -3600.0, "plenary": 7, "rooms": [8, 9, …], "people": ["session key", …],
     "visitor": "session key", "pages": {"programme": "/veranstaltungen/…", …}}

Everybody is in the plenary, and each of the first 1,000 in one of the 20 rooms.
"""

import json
import secrets
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.contrib.sessions.models import Session  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from chat import clock  # noqa: E402
from chat.models import Membership, Room  # noqa: E402
from conference.management.commands import demo  # noqa: E402
from conference.models import Person  # noqa: E402
from marketplace.models import Stand  # noqa: E402

PEOPLE = 5000
ROOMS, PER_ROOM = 20, 50
HISTORY = 60  # messages in the plenary and at the stand


def main() -> dict[str, Any]:
    demo.LOADERS = ["demo_data", "demo_stands"]  # no videos: they take long, and nobody looks
    call_command("demo", moment="day1 10:40", prepare=True)
    crowd = Person.objects.bulk_create(
        [Person(email=f"p{i}@example.org", name=f"Person {i}") for i in range(PEOPLE)]
    )
    plenary = room_with(crowd, "Plenum")
    rooms = [
        room_with(crowd[i * PER_ROOM : (i + 1) * PER_ROOM], f"Raum {i}") for i in range(ROOMS)
    ]
    visitor = Person.objects.get(email=demo.ROLES["attendee"][0])
    stand = Stand.objects.order_by("pk")[0]
    plenary.admit(visitor)
    stand.enter(visitor)
    for i in range(HISTORY):
        for room in [plenary, stand.room]:
            room.post(visitor, f"Nachricht {i}: Wie haben Sie das angefangen?", uuid4())
    return {
        "shift": settings.CLOCK_SHIFT.total_seconds(),
        "plenary": plenary.pk,
        "rooms": [room.pk for room in rooms],
        "people": sessions(crowd),
        "visitor": sessions([visitor])[0],
        "pages": {
            "programme": reverse("programme", args=[demo.REFERENCE]),
            "stand": reverse("market:stand", args=[demo.REFERENCE, stand.slug]),
            "room": reverse("chat:room", args=[plenary.pk]),
            "manifest": reverse("manifest"),
        },
    }


def room_with(people: list[Person], title: str) -> Room:
    room = Room.objects.create(title=title)
    now = clock.now()
    Membership.objects.bulk_create(
        [Membership(room=room, person=person, admitted_at=now) for person in people]
    )
    return room


def sessions(people: list[Person]) -> list[str]:
    store, expires = SessionStore(), timezone.now() + timedelta(days=2)
    rows = [
        Session(
            session_key=secrets.token_hex(16),
            session_data=store.encode(
                {
                    "_auth_user_id": str(person.pk),
                    "_auth_user_backend": settings.AUTHENTICATION_BACKENDS[0],
                    "_auth_user_hash": person.get_session_auth_hash(),
                }
            ),
            expire_date=expires,
        )
        for person in people
    ]
    return [row.session_key for row in Session.objects.bulk_create(rows)]


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(main()))
