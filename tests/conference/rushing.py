"""One of the processes of the rush: its share of the people acts in threads at once.

python -m tests.conference.rushing SEED EVENT FIRST COUNT THREADS prints, as JSON, how often
what happened. A refusal is an answer; anything else that is raised ends it with an error.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random

import django

django.setup()

from django.db import connection  # noqa: E402

from chat import clock  # noqa: E402
from chat.refusal import Refusal  # noqa: E402
from conference.models import Event, Place, Registration, Slot, Waiting  # noqa: E402


class Guest:
    """Somebody in a hurry: takes what is free, waits, changes their mind."""

    def __init__(self, registration: Registration, random: Random, done: Counter[str]) -> None:
        self.registration, self.random, self.done = registration, random, done

    def say(self, what: str, act: Callable[[], object]) -> bool:
        try:
            act()
        except Refusal as refusal:
            self.done[type(refusal).__name__] += 1
            return False
        self.done[what] += 1
        return True

    def slot(self) -> Slot:
        slots = Slot.objects.select_related("forum__event", "round__event", "room")
        return self.random.choice(slots.filter(forum__event=self.registration.event_id))

    def rush(self) -> None:
        """All come for a place; those who find none wait for one."""
        slot = self.slot()
        if self.say("taken", lambda: slot.book(self.registration)):
            return
        other = self.slot() if self.random.random() < 0.3 else slot
        wait = other.forum.wait if self.random.random() < 0.5 else other.wait
        self.say("waits", lambda: wait(self.registration))

    def hesitate(self) -> None:
        """Afterwards they answer what is offered, change, cancel, or are organisers."""
        chance = self.random.random()
        if offer := self.registration.waitings.exclude(offered_slot=None).first():
            act = offer.accept if chance < 0.7 else offer.leave
            self.say("accepted" if chance < 0.7 else "declined", act)
        elif chance < 0.12:
            self.say("cancelled", self.registration.cancel)
        elif place := self.registration.places.with_slot().first():
            self.reconsider(place, self.random.random())
        if self.random.random() < 0.03:
            slot, more = self.slot(), self.random.choice([-2, 1, 2])
            self.say("resized", lambda: slot.resize(slot.capacity + more))
        if self.random.random() < 0.05:
            self.expire()

    def reconsider(self, place: Place, chance: float) -> None:
        other = self.slot()
        if chance < 0.3:
            self.say("returned", place.give_back)
        elif chance < 0.6:
            self.say("changed", lambda: other.book(self.registration, instead=True))
        elif chance < 0.8:
            self.say("waits for better", lambda: other.wait(self.registration))

    def expire(self) -> None:
        """An offer runs out of time, and whoever comes next settles it."""
        pks = list(Waiting.objects.exclude(offered_slot=None).values_list("pk", flat=True)[:9])
        if pks:
            offers = Waiting.objects.filter(pk=self.random.choice(pks))
            offers.exclude(offered_slot=None).update(offer_expires_at=clock.now())
            self.done["expired"] += 1
        event = Event.objects.get(pk=self.registration.event_id)
        self.say("settled", event.settle_places)


def main(seed: int, event: int, first: int, count: int, threads: int) -> None:
    rows = Registration.objects.filter(event=event).select_related("event", "person")
    registrations = list(rows.order_by("pk")[first : first + count])
    done: Counter[str] = Counter()

    def play(turn: int) -> None:
        random = Random(f"{seed} {first} {turn}")
        mine = registrations[turn::threads]
        guests = [Guest(registration, random, done) for registration in mine]
        try:
            for guest in guests:
                guest.rush()
            for guest in guests:
                guest.hesitate()
        finally:
            connection.close()

    started = time.monotonic()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(play, range(threads)))
    print(json.dumps({"done": done, "seconds": time.monotonic() - started}))  # noqa: T201


main(*map(int, sys.argv[1:]))
