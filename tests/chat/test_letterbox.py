"""Posting by an open socket: the same verb and the same refusals, answered there alone."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from asgiref.sync import sync_to_async
from channels.layers import channel_layers
from channels.testing import WebsocketCommunicator
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chat import clock
from chat.consumers import Code
from chat.letterbox import MOST_CHARACTERS, MOST_LETTERS
from chat.limits import POSTS
from chat.models import Room
from chat.models import desk as desks
from chat.models.desk import settle
from chat.models.posting import Outcome, Post, write
from conference.models import Person
from tests.chat.test_hub import code_of, hear, post, socket_of

pytestmark = [pytest.mark.django_db(transaction=True)]
JSON = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def _a_layer_of_ones_own() -> None:
    channel_layers.backends.clear()


def letter(room: Room, body: str = "Guten Tag", **more: Any) -> dict[str, Any]:
    letter = {"room": room.pk, "id": str(uuid4()), "body": body, "answers": None, "lang": "de"}
    return letter | more


async def say(socket: WebsocketCommunicator, letter: dict[str, Any]) -> dict[str, Any]:
    """Returns the answer."""
    await socket.send_to(text_data=json.dumps(letter))
    answer = await hear(socket, "id")
    assert (answer.pop("room"), answer.pop("id")) == (letter["room"], letter["id"])
    return answer


async def test_who_posts_hears_its_number_and_everybody_the_message(
    room: Room, aylin: Person, jonas: Person
) -> None:
    first, second = letter(room, "Guten Tag"), letter(room, "Gern!", answers=1)
    async with socket_of(aylin, room) as socket, socket_of(jonas, room) as other:
        assert await say(socket, first) == {"number": 1}
        assert "Guten Tag" in (await hear(other))["html"]
        assert await say(other, second) == {"number": 2}
        while "Gern!" not in (await hear(socket))["html"]:
            pass
    messages = [message async for message in room.messages.select_related("answers_to")]
    assert [(m.author_id, str(m.client_id)) for m in messages] == [
        (aylin.pk, first["id"]),
        (jonas.pk, second["id"]),
    ]
    assert messages[1].answers_to == messages[0]


async def test_the_same_post_by_both_ways_is_one(room: Room, aylin: Person) -> None:
    twice = letter(room)

    def by_form() -> int:
        client = Client()
        client.force_login(aylin)
        data = {"body": twice["body"], "client_id": twice["id"]}
        answer = client.post(reverse("chat:post", args=[room.pk]), data, headers=JSON)
        return answer.json()["frames"][0]["number"]

    async with socket_of(aylin, room) as socket:
        assert await say(socket, twice) == {"number": 1}
        assert await sync_to_async(by_form)() == 1
        assert await say(socket, twice) == {"number": 1}
    assert await room.messages.acount() == 1


async def test_what_comes_at_once_is_written_together(
    room: Room, aylin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches: list[int] = []

    def counted(posts: list[Post]) -> list[Outcome]:
        batches.append(len(posts))
        return write(posts)

    monkeypatch.setattr(desks, "write", counted)
    async with socket_of(aylin, room) as socket:
        for number in range(5):
            text = json.dumps(letter(room, f"Nummer {number}"))
            socket.input_queue.put_nowait({"type": "websocket.receive", "text": text})
        numbers = [(await hear(socket, "id"))["number"] for _letter in range(5)]
    assert (numbers, batches) == ([1, 2, 3, 4, 5], [5])
    bodies = [body async for body in room.messages.values_list("body", flat=True)]
    assert bodies == [f"Nummer {number}" for number in range(5)]


Act = Callable[[Room, Person, Person], object]


def mute(room: Room, aylin: Person, jonas: Person) -> None:
    seat = room.memberships.select_related("room", "person").get(person=aylin)
    seat.mute(jonas, clock.now() + timedelta(minutes=5), "Ruhe")


@pytest.mark.parametrize(
    ("act", "body", "lang", "error"),
    [
        (lambda room, *_: room.pause(), "Hallo", "de", "Der Chat "),
        (lambda room, *_: room.pause(), "Hallo", "en", "The chat is paused. "),
        (mute, "Hallo", "en", "The moderation has muted you until "),
        (lambda *_: None, " \n", "de", "Bitte schreiben Sie erst etwas."),
        (lambda *_: None, "x" * 2001, "en", "Your message has 2001 characters. "),
        (
            lambda room, aylin, _jonas: room.memberships.filter(person=aylin).delete(),
            "Hallo",
            "de",
            "Sie sind nicht (mehr) in diesem Raum.",
        ),
    ],
)
async def test_a_refusal_is_said_in_the_readers_language(
    act: Act, body: str, lang: str, error: str, room: Room, aylin: Person, jonas: Person
) -> None:
    async with socket_of(aylin, room) as socket:
        await sync_to_async(act)(room, aylin, jonas)
        answer = await say(socket, letter(room, body, lang=lang))
        assert (answer["error"].startswith(error), [*answer]) == (True, ["error"])
        assert await room.messages.acount() == 0


async def test_a_room_of_others_stays_shut(room: Room, aylin: Person, slot: Any) -> None:
    async with socket_of(aylin, room) as socket:
        for pk in (slot.room.pk, 10**11):
            answer = await say(socket, letter(room) | {"room": pk})
            assert answer == {"error": "Sie sind nicht (mehr) in diesem Raum."}


async def test_in_slow_mode_and_in_haste_the_seconds_are_told(
    room: Room, aylin: Person, jonas: Person
) -> None:
    async with socket_of(aylin, room) as socket, socket_of(jonas, room) as other:
        await sync_to_async(room.slow_down)(60)
        assert await say(socket, letter(room)) == {"number": 1}
        answer = await say(socket, letter(room, lang="en"))
        assert (answer["seconds"], answer["error"]) == (
            60,
            "This chat is in slow mode. Please wait 60 seconds.",
        )
        first = letter(room)
        assert await say(other, first) == {"number": 2}
        answers = [await say(other, letter(room)) for _post in range(POSTS)]
        assert "number" in answers[0]
        assert (0 < answers[-1]["seconds"] <= 30) is True
        assert answers[-1]["error"].startswith("Sie schreiben sehr schnell.")
        assert await say(other, first) == {"number": 2}  # its answer had been lost


@pytest.mark.parametrize("how", ["logged out", "deactivated"])
async def test_whose_session_has_ended_posts_nothing_and_loses_the_socket(
    how: str, room: Room, aylin: Person
) -> None:
    def end() -> None:
        if how == "logged out":
            Session.objects.all().delete()
        else:
            Person.objects.filter(pk=aylin.pk).update(is_active=False)

    async with socket_of(aylin, room) as socket:
        await sync_to_async(end)()
        await socket.send_to(text_data=json.dumps(letter(room)))
        assert await code_of(socket) == Code.ANONYMOUS
    assert await room.messages.acount() == 0


@pytest.mark.parametrize(
    "odd",
    [
        "{",
        "{}",
        "{" * MOST_CHARACTERS,
        json.dumps({"room": 1, "id": "x", "body": "", "answers": None, "lang": "de"}),
        *(
            json.dumps(
                {"room": 1, "id": f"{UUID(int=1)}", "body": "", "answers": None, "lang": "de"}
                | odd
            )
            for odd in [
                *({"room": "1"}, {"room": -1}, {"room": 10**20}, {"room": True}),
                *({"body": None}, {"body": ["x"]}, {"body": "x" * MOST_CHARACTERS}),
                *({"answers": "1"}, {"answers": 1.5}, {"lang": "fr"}, {"lang": ["de"]}),
            ]
        ),
    ],
)
async def test_an_odd_letter_closes_that_socket_only(
    odd: str, room: Room, aylin: Person, jonas: Person
) -> None:
    async with socket_of(aylin, room) as socket, socket_of(jonas, room) as other:
        await socket.send_to(text_data=odd)
        assert await code_of(socket) == Code.MALFORMED
        await post(room, jonas, "Noch da?")
        assert "Noch da?" in (await hear(other))["html"]


async def test_so_does_a_flood_of_them(
    room: Room, aylin: Person, jonas: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with socket_of(aylin, room) as socket, socket_of(jonas, room) as other:
        for _letter in range(MOST_LETTERS + 1):
            text = json.dumps(letter(room))
            socket.input_queue.put_nowait({"type": "websocket.receive", "text": text})
        assert await code_of(socket) == Code.MALFORMED
        assert "number" in await say(other, letter(room))


async def test_while_the_database_is_away_nothing_is_said_but_that_it_did_not_work(
    room: Room, aylin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(posts: list[Post]) -> list[Outcome]:
        raise OperationalError("away")

    monkeypatch.setattr(desks, "write", away)
    async with socket_of(aylin, room) as socket:
        again = letter(room)
        assert await say(socket, again) == {}
        monkeypatch.undo()
        assert await say(socket, again) == {"number": 1}


def test_a_post_by_socket_takes_five_queries(
    client: Client, room: Room, aylin: Person, jonas: Person
) -> None:
    costs = []
    for people in ([aylin], [aylin, jonas, aylin]):
        posts = []
        for person in people:
            client.force_login(person)
            session = client.session.session_key
            posts.append(Post(room.pk, person.pk, "Hallo", uuid4(), session=session))
        with CaptureQueriesContext(connection) as captured:
            settle(posts)
        words = [query["sql"].split()[0] for query in captured]
        costs.append([word for word in words if word not in {"BEGIN", "COMMIT"}])
    assert costs == [["SELECT", "SELECT", "SELECT", "UPDATE", "INSERT"]] * 2
