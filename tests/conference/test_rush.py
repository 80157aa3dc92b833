"""Two thousand people and three hundred places, all at once, in threads and in processes.

``make test`` sends 240 of them, which finds the same faults; ``make rush`` all.
"""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from datetime import datetime, timedelta
from random import Random
from threading import Event as Signal
from threading import Thread

import pytest
from django.conf import settings
from django.db import connection

from conference.models import (
    Event,
    Forum,
    Mail,
    Person,
    Place,
    Registration,
    Session,
    Slot,
    Waiting,
)
from tests.browser.conftest import database_url
from tests.conference.places import overbooked, twice, wrong

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
PROCESSES, THREADS = 2, 4


def people() -> int:
    return int(os.environ.get("RUSH") or 240)


@pytest.fixture
def hall(event: Event, now: datetime) -> Event:
    """Six forums in two rounds next week: twelve slots with a place for every seventh."""
    event.ends_at = now + timedelta(days=10)
    event.save()
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
    for number in range(1, 7):
        forum = Forum.objects.create(event=event, number=number, title=f"Forum {number}")
        for round_ in rounds:
            Slot.objects.create(forum=forum, round=round_, capacity=people() // 80)
    guests = Person.objects.bulk_create(
        Person(email=f"gast{number}@example.org", name=f"Gast {number}", password="!")
        for number in range(people())
    )
    Registration.objects.bulk_create(
        Registration(event=event, person=guest, registered_at=now, confirmed_at=now)
        for guest in guests
    )
    return event


class Watch(Thread):
    """Looks all the time, and keeps what it saw that must not be."""

    def __init__(self) -> None:
        super().__init__()
        self.is_over, self.looks, self.seen = Signal(), 0, []

    def run(self) -> None:
        try:
            while not self.is_over.wait(0.05):
                self.seen += [*overbooked(), *twice()]
                self.looks += 1
        finally:
            connection.close()


def crowd(hall: Event, seed: int) -> Counter[str]:
    """All come; what happened, and how often."""
    share = people() // PROCESSES
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.conference.rush_settings",
        "DATABASE_URL": database_url(),
    }
    run = [sys.executable, "-W", "ignore", "-m", "tests.conference.rushing"]
    processes = [
        subprocess.Popen(
            [*run, *map(str, (seed, hall.pk, number * share, share, THREADS))],
            env=environment,
            cwd=settings.BASE_DIR,
            stdout=subprocess.PIPE,
        )
        for number in range(PROCESSES)
    ]
    done: Counter[str] = Counter()
    for process in processes:
        output, _nothing = process.communicate(timeout=300)
        assert process.returncode == 0
        told = json.loads(output)
        done.update(told["done"])
        print(f"{told['seconds']:.1f} s")  # noqa: T201 - with the output, if it fails
    return done


def test_a_rush_never_overbooks_and_loses_nobody(hall: Event) -> None:
    watch = Watch()
    watch.start()
    started = time.monotonic()
    try:
        done = crowd(hall, seed=Random().randrange(2**31))
    finally:
        watch.is_over.set()
        watch.join()
    print(f"{time.monotonic() - started:.1f} s, {watch.looks} looks, {dict(done)}")  # noqa: T201
    assert watch.seen == []
    assert watch.looks > 1
    hall.settle_places()
    assert wrong(hall) == []
    # Whoever has not cancelled is registered, and every place that somebody has was told.
    assert Registration.objects.filter(event=hall).count() == people() - done["cancelled"]
    told = set(Mail.objects.values_list("to", flat=True))
    seated = Place.objects.values_list("registration__person__email", flat=True)
    assert {address for address in seated if address not in told} == set()
    assert {"taken", "waits", "returned", "cancelled"} <= set(done)
    # Who came first stands first.
    for forum in hall.forums.all():
        line = list(Waiting.objects.filter(forum=forum).values_list("joined_at", "rank"))
        assert line == sorted(line)
        assert len({rank for _moment, rank in line}) == len(line)
