"""Slow mode and pauses, enforced where messages are stored."""

from concurrent.futures import Future, ThreadPoolExecutor
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chat.models import Message, Room
from chat.models.posting import Paused, TooSoon
from conference.models import Person
from tests.chat.test_posting import batches, busy, say

__all__ = ["batches"]
JSON = {"Accept": "application/json"}


def test_in_slow_mode_people_wait_and_hosts_do_not(
    room: Room, aylin: Person, jonas: Person
) -> None:
    with time_machine.travel("2026-07-15 08:00+00:00", tick=False) as moment:
        room.slow_down(30)
        room.post(aylin, "Erste", uuid4())
        moment.shift(10)
        with pytest.raises(TooSoon) as raised:
            room.post(aylin, "Zweite", uuid4())
        assert raised.value.seconds == 20
        for text in ["Eins", "Zwei"]:
            room.post(jonas, text, uuid4())
        moment.shift(20)
        assert room.post(aylin, "Zweite", uuid4()).number == 4
        room.slow_down(0)
        assert room.post(aylin, "Dritte", uuid4()).number == 5


def test_the_same_post_again_waits_for_nothing(room: Room, aylin: Person) -> None:
    room.slow_down(30)
    client_id = uuid4()
    first = room.post(aylin, "Erste", client_id)
    assert room.post(aylin, "Erste", client_id) == first


@pytest.mark.services
def test_at_once_is_too_soon_as_well(
    transactional_db: None, room: Room, aylin: Person, batches: list[int]
) -> None:
    room.slow_down(30)
    posts: list[Future[Message]] = []
    with ThreadPoolExecutor(3) as pool, busy(pool, posts):
        posts += [pool.submit(say, room, aylin, "Hallo") for _post in range(3)]
    assert batches == [3]
    refused = [type(post.exception()) for post in posts]
    assert sorted(map(str, refused)) == sorted(map(str, [type(None), TooSoon, TooSoon]))
    assert room.messages.count() == 1


def test_in_a_pause_only_those_write_who_keep_the_room(
    room: Room, aylin: Person, jonas: Person
) -> None:
    message = room.post(aylin, "Guten Tag", uuid4())
    room.pause()
    for act in (
        lambda: room.post(aylin, "Hallo", uuid4()),
        lambda: message.edit(aylin, "Anders"),
    ):
        with pytest.raises(Paused):
            act()
    room.post(jonas, "Wir sammeln kurz.", uuid4())
    room.resume()
    assert room.post(aylin, "Hallo", uuid4()).number == 3


@pytest.mark.parametrize("seconds", [0, 30])
def test_a_slow_room_costs_no_query_more(seconds: int, room: Room, aylin: Person) -> None:
    room.slow_down(seconds)
    with CaptureQueriesContext(connection) as queries:
        room.post(aylin, "Guten Tag", uuid4())
    statements = [query["sql"].split()[0] for query in queries]
    assert [word for word in statements if word not in {"SAVEPOINT", "RELEASE"}] == [
        *("SELECT", "UPDATE", "INSERT")
    ]


def test_the_answer_says_how_long_to_wait(client: Client, room: Room, aylin: Person) -> None:
    address = reverse("chat:post", args=[room.pk])
    client.force_login(aylin)
    with time_machine.travel("2026-07-15 08:00+00:00", tick=False):
        room.slow_down(60)
        client.post(address, {"body": "Erste"}, headers=JSON)
        answer = client.post(address, {"body": "Zweite"}, headers=JSON)
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
        assert answer.json() == {
            "error": "In diesem Chat gilt eine Wartezeit zwischen zwei Nachrichten. "
            "Bitte warten Sie noch 60 Sekunden.",
            "seconds": 60,
        }
        assert 'data-wait="60"' in client.get(reverse("chat:room", args=[room.pk])).text


@pytest.mark.parametrize("name", ["slow_down", "pause", "resume"])
def test_only_those_who_keep_the_room_set_its_pace(
    name: str, client: Client, room: Room, aylin: Person, jonas: Person
) -> None:
    address = reverse(f"chat:{name}", args=[room.pk])
    for person, status in [(aylin, 403), (jonas, 200)]:
        client.force_login(person)
        assert client.post(address, {"seconds": "30"}, headers=JSON).status_code == status
    room.refresh_from_db()
    assert (room.slow_seconds, bool(room.paused_at)) == {
        "slow_down": (30, False),
        "pause": (0, True),
        "resume": (0, False),
    }[name]
    assert client.post(address, {"seconds": "-7"}).url == reverse(
        "chat:keeping", args=[room.pk]
    )
    room.refresh_from_db()
    assert room.slow_seconds == 0


def test_readers_are_told_how_the_room_is_kept(
    client: Client, room: Room, aylin: Person
) -> None:
    room.slow_down(30)
    room.pause()
    client.force_login(aylin)
    answer = client.get(room.get_absolute_url(), {"since": 0}, headers=JSON).json()
    assert (answer["slow"], answer["paused"]) == (30, True)
