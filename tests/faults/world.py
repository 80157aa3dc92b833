"""What the fault test needs of the house, asked in a process with the house's own settings.

``python -m tests.faults.world people 50 2`` makes so many people, who are members of so many
rooms, and prints their sessions; ``… messages`` prints all that was stored, as readers get it.
"""

import json
import sys
from typing import Any

import django

django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402

from chat import live  # noqa: E402
from chat.models import Message, Room  # noqa: E402
from conference.models import Person  # noqa: E402


def people(count: str, rooms: str) -> dict[str, Any]:
    places = [Room.objects.create(title=f"Raum {i}") for i in range(int(rooms))]
    visitors = [
        Person.objects.create(email=f"p{i}@example.org", name=f"Person {i}", password="!")
        for i in range(int(count))
    ]
    for place in places:
        for visitor in visitors:
            place.admit(visitor)
    return {
        "rooms": [place.pk for place in places],
        "people": [{"pk": one.pk, "session": session_of(one)} for one in visitors],
    }


def session_of(person: Person) -> str:
    store = SessionStore()
    store[SESSION_KEY] = str(person.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = person.get_session_auth_hash()
    store.create()
    return str(store.session_key)


def messages() -> dict[str, Any]:
    everything = Message.objects.with_author().order_by("room_id", "number")
    return {
        "heads": dict(Room.objects.values_list("pk", "head")),
        "messages": [
            live.frame_of(m) | {"author": m.author_id, "client_id": str(m.client_id)}
            for m in everything
        ],
    }


if __name__ == "__main__":
    verb, *arguments = sys.argv[1:]
    print(json.dumps({"people": people, "messages": messages}[verb](*arguments)))  # noqa: T201
