"""How many messages a process stores, rendering and telling nobody.

python -m tests.benchmarks.storing alone|ours SECONDS prints messages per second of 32 threads
in 8 rooms. ``alone`` is the plainest way to numbers without gaps: each message a transaction.
"""

import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.db.models import F  # noqa: E402

from chat import clock, live  # noqa: E402
from chat.models import Message, Room  # noqa: E402
from conference.models import Person  # noqa: E402

PRODUCERS, ROOMS = 32, 8
Post = Callable[[Room, Person, str], object]


def alone(room: Room, author: Person, body: str) -> None:
    with transaction.atomic():
        Room.objects.filter(pk=room.pk).update(head=F("head") + 1)
        head = Room.objects.values_list("head", flat=True).get(pk=room.pk)
        Message.objects.create(
            room=room,
            number=head,
            changed=head,
            author=author,
            client_id=uuid4(),
            body=body,
            posted_at=clock.now(),
        )


def ours(room: Room, author: Person, body: str) -> None:
    room.post(author, body, uuid4())


def main(how: str, seconds: float) -> None:
    call_command("migrate", verbosity=0)
    live.publish = lambda *messages: None
    people = [
        Person.objects.create_user(f"{uuid4().hex}@example.org", name="Autorin")
        for _producer in range(PRODUCERS)
    ]
    rooms = [Room.objects.create(title="Raum") for _room in range(ROOMS)]
    for i, person in enumerate(people):
        rooms[i % ROOMS].admit(person)
    heads = Message.objects.count()
    post: Post = {"alone": alone, "ours": ours}[how]
    end = time.monotonic() + seconds

    def produce(i: int) -> None:
        while time.monotonic() < end:
            post(rooms[i % ROOMS], people[i], "Wie haben Sie das angefangen?")
        connection.close()

    with ThreadPoolExecutor(PRODUCERS) as producers:
        list(producers.map(produce, range(PRODUCERS)))
    taken = time.monotonic() - end + seconds
    print((Message.objects.count() - heads) / taken)


main(sys.argv[1], float(sys.argv[2]))
