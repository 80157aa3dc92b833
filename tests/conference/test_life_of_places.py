"""Whatever people and organisers do, in whatever order: the same holds of all places."""

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from chat import clock
from chat.refusal import Refusal
from conference.models import (
    Contingent,
    Event,
    Forum,
    Person,
    Place,
    Registration,
    Session,
    Slot,
    Waiting,
)
from tests.conference.places import wrong

PEOPLE = st.integers(0, 5)
SLOTS = st.integers(0, 3)
Line = dict[int, list[int]]  # by slot, the registrations that wait, in order


class LifeOfPlaces(RuleBasedStateMachine):
    """Six people, two forums in two rounds with a place or two, and time that goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.time = time_machine.travel(clock.now(), tick=False)
        self.clock = self.time.start()
        self.before: Line = {}

    def teardown(self) -> None:
        self.time.stop()
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @initialize(
        capacities=st.lists(st.integers(0, 2), min_size=4, max_size=4),
        most=st.integers(1, 2),
        at_once=st.booleans(),
        no_shows=st.sampled_from([None, 10]),
    )
    def announce(
        self, capacities: list[int], most: int, at_once: bool, no_shows: int | None
    ) -> None:
        now = clock.now()
        self.event = Event.objects.create(
            slug="leben",
            title="Leben",
            starts_at=now,
            ends_at=now + timedelta(days=5),
            published_at=now,
            places_per_person=most,
            gives_places_at_once=at_once,
            offer_minutes=60,
            no_shows_after=no_shows,
        )
        self.people = [
            Person.objects.create(email=f"p{number}@example.org", name=f"P{number}")
            for number in range(6)
        ]
        for person in self.people:
            self.event.enrol(person)
        rounds = [
            Session.objects.create(
                event=self.event,
                slug=f"runde-{number}",
                kind=Session.Kind.ROUND,
                title=f"Runde {number}",
                starts_at=now + timedelta(hours=4 * number),
                ends_at=now + timedelta(hours=4 * number + 2),
            )
            for number in (1, 2)
        ]
        forums = [
            Forum.objects.create(event=self.event, number=number, title=f"F{number}")
            for number in (1, 2)
        ]
        pairs = [(forum, round_) for forum in forums for round_ in rounds]
        slots = [
            Slot.objects.create(forum=forum, round=round_, capacity=capacity)
            for (forum, round_), capacity in zip(pairs, capacities, strict=True)
        ]
        self.slots = [slot.pk for slot in slots]
        self.forums = {slot.pk: slot.forum_id for slot in slots}

    # -- what they find

    def slot(self, number: int) -> Slot:
        slots = Slot.objects.select_related("forum__event", "round__event", "room")
        return slots.get(pk=self.slots[number])

    def registration(self, number: int) -> Registration:
        """Whoever has cancelled registers again."""
        self.event.enrol(self.people[number])
        found = Registration.objects.select_related("person", "event")
        return found.get(event=self.event, person=self.people[number])

    def lines(self) -> Line:
        """As ``Slot.queue`` has them; two queries."""
        seated = set(Place.objects.values_list("slot", "registration"))
        waits = list(Waiting.objects.filter(offered_slot=None).order_by("rank", "pk"))
        return {
            pk: [
                one.registration_id
                for one in waits
                if one.forum_id == self.forums[pk]
                and one.slot_id in (None, pk)
                and (pk, one.registration_id) not in seated
            ]
            for pk in self.slots
        }

    def act(self, verb: Callable[[], Any], *, in_order: bool = True) -> None:
        """A refusal is an answer. Nobody who waits is overtaken, by whatever happens."""
        self.event.settle_places()
        before, gone = self.lines(), set(Place.objects.values_list("slot", "registration"))
        with suppress(Refusal), transaction.atomic():
            verb()
        after = self.lines()
        seated = set(Place.objects.values_list("slot", "registration")) - gone
        offers = Waiting.objects.exclude(offered_slot=None)
        seated |= set(offers.values_list("offered_slot", "registration"))
        for pk, line in before.items() if in_order else ():
            waits = [one for one in line if one in after[pk]]
            served = [one for one in line if (pk, one) in seated]
            newcomers = [one for slot, one in seated - gone if slot == pk and one not in line]
            if waits and served:
                assert line.index(served[-1]) < line.index(waits[0])
            held = Waiting.objects.filter(registration__in=newcomers, offered_slot=pk)
            by_code = Place.objects.filter(
                registration__in=newcomers, slot=pk, contingent__isnull=False
            )
            answered = held.exists() or by_code.exists() or pk in self.answered
            assert not (waits and newcomers) or answered
        self.answered = set()

    answered: set[int] = set()

    # -- what happens

    @rule(person=PEOPLE, slot=SLOTS, instead=st.booleans())
    def book(self, person: int, slot: int, instead: bool) -> None:
        registration = self.registration(person)
        if registration.waitings.filter(offered_slot=self.slots[slot]).exists():
            self.answered = {self.slots[slot]}
        self.act(lambda: self.slot(slot).book(registration, instead=instead))

    @rule(person=PEOPLE, slot=SLOTS)
    def give_back(self, person: int, slot: int) -> None:
        self.act(lambda: self.slot(slot).release(self.registration(person)))

    @rule(person=PEOPLE, slot=SLOTS, either=st.booleans())
    def wait(self, person: int, slot: int, either: bool) -> None:
        found = self.slot(slot)
        verb = found.forum.wait if either else found.wait
        self.act(lambda: verb(self.registration(person)))

    @rule(person=PEOPLE, accepts=st.booleans())
    def answer(self, person: int, accepts: bool) -> None:
        self.event.settle_places()
        offers = self.registration(person).waitings.exclude(offered_slot=None)
        if offer := offers.select_related("forum__event").first():
            self.answered = {offer.offered_slot_id} if offer.offered_slot_id else set()
            self.act(offer.accept if accepts else offer.leave)

    @rule(person=PEOPLE)
    def stop_waiting(self, person: int) -> None:
        if waiting := self.registration(person).waitings.first():
            self.act(waiting.leave)

    @rule(person=PEOPLE)
    def cancel(self, person: int) -> None:
        self.act(self.registration(person).cancel)

    @rule(person=PEOPLE, slot=SLOTS)
    def confirm_and_enter(self, person: int, slot: int) -> None:
        for place in Place.objects.filter(registration=self.registration(person)):
            place.confirm_coming()
        if person % 2:
            self.act(lambda: self.slot(slot).enter(self.people[person]))

    @rule(slot=SLOTS, capacity=st.integers(0, 3))
    def resize(self, slot: int, capacity: int) -> None:
        self.act(lambda: self.slot(slot).resize(capacity))

    @rule(slot=SLOTS, seats=st.integers(1, 2), hours=st.integers(1, 6))
    def hold_back(self, slot: int, seats: int, hours: int) -> None:
        if not Contingent.objects.filter(slot=self.slots[slot]).exists():
            until = clock.now() + timedelta(hours=hours)
            held = Contingent(
                slot=self.slot(slot), name="G", code="G 1", seats=seats, releases_at=until
            )
            self.act(held.hold)

    @rule(person=PEOPLE, slot=SLOTS)
    def redeem(self, person: int, slot: int) -> None:
        registration = self.registration(person)
        self.act(lambda: self.slot(slot).book(registration, instead=True, code="g-1"))

    @rule(slot=SLOTS)
    def free_contingent(self, slot: int) -> None:
        for held in Contingent.objects.filter(slot=self.slots[slot]):
            self.act(held.free)

    @rule(person=PEOPLE, slot=SLOTS, one_more=st.booleans())
    def give(self, person: int, slot: int, one_more: bool) -> None:
        registration = self.registration(person)
        verb = self.slot(slot).give
        self.act(lambda: verb(registration, one_more=one_more), in_order=False)

    @rule(person=PEOPLE, position=st.integers(1, 4))
    def move(self, person: int, position: int) -> None:
        if waiting := self.registration(person).waitings.first():
            self.act(lambda: waiting.move(position), in_order=False)

    @rule(person=PEOPLE)
    def remove(self, person: int) -> None:
        registration = self.registration(person)
        if place := registration.places.with_slot().first():
            self.act(lambda: place.take_away(reason="Doppelt."))
        elif waiting := registration.waitings.first():
            self.act(lambda: waiting.remove("Doppelt."))

    @rule(minutes=st.sampled_from([5, 30, 61, 180]))
    def go_on(self, minutes: int) -> None:
        self.clock.shift(timedelta(minutes=minutes))
        self.act(self.event.settle_places)

    @invariant()
    def all_holds(self) -> None:
        if hasattr(self, "event"):
            self.event.settle_places()
            assert wrong(self.event) == []


@pytest.mark.services
@pytest.mark.django_db
def test_the_life_of_places(monkeypatch: pytest.MonkeyPatch) -> None:
    """``LIVES`` says how many; ``make rush`` lives three hundred."""
    # What mails say is for other tests; here it would take most of the time.
    monkeypatch.setattr("conference.models.place.Mail.write", lambda *_, **__: None)
    lives = settings(
        max_examples=int(os.environ.get("LIVES", "12")),
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    run_state_machine_as_test(LifeOfPlaces, settings=lives)
