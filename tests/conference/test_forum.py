from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from chat.models import Role
from chat.refusal import Refusal
from conference.models import Event, Forum, Person, Place, Registration, Session, Slot
from conference.models.event import NotRegistered
from conference.models.slot import AlreadyPlaced, DoorShut, NoPlace, RoundOver, SlotFull


@pytest.fixture
def other(slot: Slot, now: datetime) -> Slot:
    """The same forum in round 2, tomorrow."""
    round_two = Session.objects.create(
        event=slot.forum.event,
        slug="foren-runde-2",
        kind=Session.Kind.ROUND,
        title="Foren, Runde 2",
        starts_at=now + timedelta(hours=20),
        ends_at=now + timedelta(hours=22),
    )
    return Slot.objects.create(forum=slot.forum, round=round_two, capacity=1)


def of(person: Person) -> Registration:
    return Registration.objects.get(person=person)


def path(name: str, slot: Slot) -> str:
    return reverse(name, args=[slot.forum.event.slug, slot.forum.number, slot.pk])


# -- places


def test_a_place_is_taken_and_given_back(client: Client, slot: Slot, aylin: Person) -> None:
    client.force_login(aylin)
    assert client.post(path("place", slot)).status_code == 302
    slot.refresh_from_db()
    assert (slot.taken, Place.objects.get().registration) == (1, of(aylin))
    assert client.post(path("place_return", slot)).status_code == 302
    slot.refresh_from_db()
    assert (slot.taken, Place.objects.count()) == (0, 0)


def test_a_full_forum_says_so_at_the_slot(
    client: Client, other: Slot, aylin: Person, gerd: Person
) -> None:
    other.book(of(gerd))
    client.force_login(aylin)
    response = client.post(path("place", other))
    assert response.status_code == 409
    assert response.context["refused"] == other.pk
    assert str(response.context["refusal"]) in response.text
    assert Place.objects.get().registration == of(gerd)


def test_outsiders_get_no_place(client: Client, slot: Slot, olga: Person) -> None:
    assert client.post(path("place", slot)).status_code == 302  # to the login
    client.force_login(olga)
    assert client.post(path("place", slot)).status_code == 403
    assert Place.objects.count() == 0


@pytest.mark.parametrize("door", ["place", "place_return"])
def test_the_places_of_an_unpublished_event_are_not_there(
    door: str, client: Client, slot: Slot, olga: Person
) -> None:
    Event.objects.update(published_at=None)
    client.force_login(olga)
    address = reverse(door, args=["quartier", slot.forum.number, slot.pk])
    assert client.post(address).status_code == 404


def test_a_second_place_is_refused_and_a_change_is_one_step(
    slot: Slot, other: Slot, aylin: Person
) -> None:
    slot.book(of(aylin))
    with pytest.raises(AlreadyPlaced):
        other.book(of(aylin))
    other.book(of(aylin), instead=True)
    slot.refresh_from_db()
    assert (slot.taken, other.taken, Place.objects.get().slot) == (0, 1, other)


def test_who_finds_the_new_forum_full_keeps_the_old_place(
    slot: Slot, other: Slot, aylin: Person, gerd: Person
) -> None:
    other.book(of(gerd))
    slot.book(of(aylin))
    with pytest.raises(SlotFull):
        other.book(of(aylin), instead=True)
    slot.refresh_from_db()
    assert (slot.taken, Place.objects.get(registration=of(aylin)).slot) == (1, slot)


def test_a_round_that_is_over_takes_nobody(slot: Slot, aylin: Person) -> None:
    with time_machine.travel(slot.round.ends_at, tick=False), pytest.raises(RoundOver):
        slot.book(of(aylin))


@pytest.fixture
def crowd(transactional_db: None, event: Event) -> list[Registration]:
    return [
        event.enrol(Person.objects.create_user(f"gast{number}@example.org", name=f"G{number}"))
        for number in range(8)
    ]


@pytest.mark.services
def test_a_rush_never_overbooks(crowd: list[Registration], slot: Slot) -> None:
    def take(registration: Registration) -> bool:
        try:
            Slot.objects.get(pk=slot.pk).book(Registration.objects.get(pk=registration.pk))
        except SlotFull:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(take, crowd))
    slot.refresh_from_db()
    assert (sum(taken), slot.taken, Place.objects.count()) == (3, 3, 3)


@pytest.mark.services
def test_who_change_places_with_each_other_do_not_wait_for_ever(
    crowd: list[Registration], slot: Slot, other: Slot
) -> None:
    Slot.objects.filter(pk=other.pk).update(capacity=3)
    pair = [(crowd[0], slot, other), (crowd[1], other, slot)]
    for registration, mine, _theirs in pair:
        mine.book(registration)

    def change(registration: Registration, theirs: Slot) -> None:
        try:
            Slot.objects.get(pk=theirs.pk).book(registration, instead=True)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda row: change(row[0], row[2]), pair))
    assert [Place.objects.get(registration=one).slot for one, _m, _t in pair] == [other, slot]
    assert list(Slot.objects.values_list("taken", flat=True)) == [1, 1]


# -- the door


@pytest.fixture
def early(other: Slot) -> Iterator[time_machine.Traveller]:
    """A second before the door of round 2 opens."""
    moment = other.round.starts_at - timedelta(minutes=10, seconds=1)
    with time_machine.travel(moment, tick=False) as traveller:
        yield traveller


def test_the_door_opens_ten_minutes_before(
    client: Client, other: Slot, aylin: Person, early: time_machine.Traveller
) -> None:
    other.book(of(aylin))
    with pytest.raises(DoorShut):
        other.enter(aylin)
    client.force_login(aylin)
    ask = {"HX-Request": "true"}
    assert client.get(path("slot", other)).status_code == 200
    assert "HX-Refresh" not in client.get(path("slot", other), headers=ask).headers
    assert not other.room.memberships.exists()
    early.shift(1)
    assert client.get(path("slot", other), headers=ask).headers["HX-Refresh"] == "true"
    assert other.room.memberships.get().person == aylin


def test_moderators_are_in_before_the_door_opens(
    other: Slot, olga: Person, katrin: Person, early: time_machine.Traveller
) -> None:
    other.appoint(olga)
    assert other.enter(olga).role == Role.MODERATOR
    assert other.enter(katrin).role == Role.MODERATOR


def test_outsiders_see_why_and_what_to_do(
    client: Client, slot: Slot, aylin: Person, olga: Person
) -> None:
    for person, why, ways in [
        (olga, NotRegistered, reverse("register", args=[slot.forum.event.slug])),
        (aylin, NoPlace, slot.forum.get_absolute_url() + "#plaetze"),
    ]:
        client.force_login(person)
        response = client.get(path("slot", slot))
        assert (response.status_code, type(response.context["refusal"])) == (403, why)
        assert ways in response.text
    assert not slot.room.memberships.exists()


def test_the_video_conference_is_for_those_in_the_room(
    client: Client, slot: Slot, aylin: Person, gerd: Person
) -> None:
    slot.webinar_url = "https://konferenz.example.org/forum-1"
    slot.save()
    slot.book(of(aylin))
    for person, sees in [(aylin, True), (gerd, False)]:
        client.force_login(person)
        assert (slot.webinar_url in client.get(path("slot", slot)).text) is sees


def test_who_no_longer_moderates_is_out_unless_they_hold_a_place(
    slot: Slot, petra: Person
) -> None:
    slot.book(of(petra))
    slot.dismiss(petra)
    assert slot.room.memberships.get().role == Role.MEMBER
    slot.release(of(petra))
    with pytest.raises(Refusal):
        slot.enter(petra)
    assert not slot.room.memberships.exists()


# -- pages


@pytest.mark.parametrize("count", [1, 3])
def test_the_forums_ask_as_often_for_one_as_for_three(
    client: Client,
    event: Event,
    round_one: Session,
    count: int,
    django_assert_num_queries: Any,
) -> None:
    for number in range(1, count + 1):
        forum = Forum.objects.create(event=event, number=number, title=f"Forum {number}")
        Slot.objects.create(forum=forum, round=round_one)
    with django_assert_num_queries(7):
        client.get(reverse("forums", args=[event.slug]))


def test_everybody_reads_the_forums_page(client: Client, slot: Slot, aylin: Person) -> None:
    assert client.get(slot.forum.get_absolute_url()).status_code == 200
    assert path("place", slot) not in client.get(slot.forum.get_absolute_url()).text
    client.force_login(aylin)
    assert path("place", slot) in client.get(slot.forum.get_absolute_url()).text


@pytest.mark.parametrize("count", [1, 3])
def test_a_forum_asks_as_often_for_one_round_as_for_three(
    client: Client,
    event: Event,
    forum: Forum,
    now: datetime,
    aylin: Person,
    count: int,
    django_assert_num_queries: Any,
) -> None:
    for number in range(count):
        round_ = Session.objects.create(
            event=event,
            slug=f"runde-{number}",
            kind=Session.Kind.ROUND,
            title=f"Runde {number}",
            starts_at=now,
            ends_at=now + timedelta(hours=1),
        )
        Slot.objects.create(forum=forum, round=round_).appoint(aylin)
    client.force_login(aylin)
    with django_assert_num_queries(24):
        client.get(forum.get_absolute_url())


def test_moderators_and_organisers_find_the_way_to_the_room(
    client: Client, slot: Slot, petra: Person, katrin: Person, aylin: Person
) -> None:
    ways = {}
    for person in (petra, katrin, aylin):
        client.force_login(person)
        ways[person.name] = [
            f'href="{slot.get_absolute_url()}"' in client.get(path).text
            for path in (slot.forum.get_absolute_url(), slot.forum.event.entrance_path)
        ]
    assert ways == {
        "Petra Maier": [True, True],
        "Katrin Vogt": [True, False],
        "Aylin Yılmaz": [False, False],
    }
