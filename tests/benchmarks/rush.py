"""Registration opens, and everybody wants a place: sign-ups per second, end to end by HTTP.

python -m tests.benchmarks.rush PROCESSES SECONDS prints a line of JSON. Each person takes a
place in a slot or, where that is full, joins its waiting list; somebody else reads the forums
page all the while. With 0 processes the database alone does what a sign-up makes it do.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from http.client import HTTPConnection
from itertools import count
from threading import Event as Signal
from uuid import uuid4

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.urls import reverse  # noqa: E402

from chat import clock  # noqa: E402
from conference.models import Event, Forum, Person, Registration, Session, Slot  # noqa: E402
from tests.benchmarks.crowd import sessions  # noqa: E402
from tests.benchmarks.ours import CSRF, HOUSE_APPLICATION, fast  # noqa: E402
from tests.benchmarks.servers import free_port  # noqa: E402

PEOPLE, CLIENTS, PLACES = 2000, 16, 25


def hall() -> tuple[Event, list[Slot], list[Registration]]:
    """Twelve slots with places for three hundred, and two thousand people."""
    now = clock.now()
    event = Event.objects.create(
        slug=uuid4().hex,
        title="Andrang",
        starts_at=now,
        ends_at=now + timedelta(days=9),
        published_at=now,
    )
    rounds = [
        Session.objects.create(
            event=event,
            slug=f"runde-{number}",
            kind=Session.Kind.ROUND,
            title=f"Runde {number}",
            starts_at=now + timedelta(days=6 + number),
            ends_at=now + timedelta(days=6 + number, hours=2),
        )
        for number in (1, 2)
    ]
    forums = [
        Forum.objects.create(event=event, number=number, title=f"Forum {number}")
        for number in range(1, 7)
    ]
    slots = [
        Slot.objects.create(forum=forum, round=round_, capacity=PLACES)
        for forum in forums
        for round_ in rounds
    ]
    people = Person.objects.bulk_create(
        Person(email=f"{uuid4().hex}@example.org", name="Gast", password="!")
        for _person in range(PEOPLE)
    )
    registrations = Registration.objects.bulk_create(
        Registration(event=event, person=person, registered_at=now, confirmed_at=now)
        for person in people
    )
    return event, slots, registrations


@contextmanager
def servers(processes: int) -> Iterator[list[int]]:
    """On all cores, which the visitors share with them."""
    ports = [free_port() for _process in range(processes)]
    with ExitStack() as stack:
        for port in ports:
            process = subprocess.Popen(fast(port, HOUSE_APPLICATION))
            stack.callback(process.wait)
            stack.callback(process.kill)
        for port in ports:
            for _try in range(300):
                with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                    break
                time.sleep(0.1)
        yield ports


class Visitor:
    """A connection that stays open, as a browser's would."""

    def __init__(self, port: int) -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.seconds: list[float] = []

    def ask(self, method: str, path: str, session: str) -> int:
        started = time.monotonic()
        headers = {
            "Cookie": f"sessionid={session}; csrftoken={CSRF}",
            "X-CSRFToken": CSRF,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self.connection.request(method, path, "" if method == "POST" else None, headers)
        answer = self.connection.getresponse()
        answer.read()
        if answer.status >= 500:
            raise RuntimeError(f"{path} answered {answer.status}")
        self.seconds.append(time.monotonic() - started)
        return answer.status

    def sign_up(self, place: str, line: str, session: str) -> bool:
        """Take the place, or else wait for it; whether it ended well."""
        status = self.ask("POST", place, session)
        if status == 409:
            status = self.ask("POST", line, session)
        return status == 302


def rush(processes: int, seconds: float) -> dict[str, float]:
    event, slots, registrations = hall()
    keys = sessions([registration.person for registration in registrations])
    paths = [
        [reverse(name, args=[event.slug, slot.forum.number, slot.pk]) for slot in slots]
        for name in ("place", "waiting")
    ]
    forums = reverse("forums", args=[event.slug])
    numbers, is_over, refused = count(), Signal(), []
    with servers(processes) as ports:
        visitors = [Visitor(ports[i % processes]) for i in range(CLIENTS)]
        reader = Visitor(ports[0])
        for visitor in [*visitors, reader]:
            visitor.ask("GET", forums, keys[-1])
            visitor.seconds.clear()
        end = time.monotonic() + seconds

        def come(visitor: Visitor) -> int:
            done = 0
            while time.monotonic() < end and (number := next(numbers)) < PEOPLE:
                place, line = (some[number % len(slots)] for some in paths)
                if not visitor.sign_up(place, line, keys[number]):
                    refused.append(number)
                done += 1
            return done

        def read() -> None:
            while not is_over.wait(0.1):
                reader.ask("GET", forums, keys[-1])

        started = time.monotonic()
        with ThreadPoolExecutor(CLIENTS + 1) as pool:
            reading = pool.submit(read)
            done = sum(pool.map(come, visitors))
            taken = time.monotonic() - started
            is_over.set()
            reading.result()
    all_seconds = [one for visitor in visitors for one in visitor.seconds]
    return {
        "signups_per_second": done / taken,
        "p95": 1000 * percentile(all_seconds, 0.95),
        "page_p95": 1000 * percentile(reader.seconds, 0.95),
        "errors": float(len(refused)),
        "overbooked": float(sum(slot.places.count() > PLACES for slot in slots)),
    }


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[int(share * (len(values) - 1))]


def bare(seconds: float) -> dict[str, float]:
    """A place is counted and written down: two statements and a commit, nothing around them."""
    _event, slots, registrations = hall()
    Slot.objects.filter(pk__in=[slot.pk for slot in slots]).update(capacity=PEOPLE)
    numbers, end = count(), time.monotonic() + seconds
    times: list[float] = []

    def sign_up(_client: int) -> int:
        done = 0
        with connection.cursor() as cursor:
            while time.monotonic() < end and (number := next(numbers)) < PEOPLE:
                started, slot = time.monotonic(), slots[number % len(slots)]
                with transaction.atomic():
                    cursor.execute(
                        "UPDATE conference_slot SET taken = taken + 1 WHERE id = %s "
                        "AND taken + offered + held < capacity",
                        [slot.pk],
                    )
                    cursor.execute(
                        "INSERT INTO conference_place (slot_id, round_id, registration_id, "
                        "nth, taken_at) VALUES (%s, %s, %s, 1, %s)",
                        [slot.pk, slot.round_id, registrations[number].pk, clock.now()],
                    )
                times.append(time.monotonic() - started)
                done += 1
        connection.close()
        return done

    started = time.monotonic()
    with ThreadPoolExecutor(CLIENTS) as pool:
        done = sum(pool.map(sign_up, range(CLIENTS)))
    rate = done / (time.monotonic() - started)
    return {"signups_per_second": rate, "p95": 1000 * percentile(times, 0.95)}


def main(processes: int, seconds: float) -> None:
    call_command("migrate", verbosity=0)
    os.environ.pop("PYTHONWARNINGS", None)
    figures = rush(processes, seconds) if processes else bare(seconds)
    print(json.dumps({"page_p95": 0.0, "errors": 0.0, "overbooked": 0.0} | figures))


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
