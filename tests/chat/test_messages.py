from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chat.limits import POSTS
from chat.models import Message, Presence, Room
from conference.models import Person

JSON = {"Accept": "application/json"}


def path(name: str, room: Room, *args: int) -> str:
    return reverse(f"chat:{name}", args=[room.pk, *args])


def post(client: Client, room: Room, body: str = "Guten Tag", **data: Any) -> Any:
    return client.post(path("post", room), {"body": body, **data}, headers=JSON)


# -- writing


def test_a_post_answers_with_its_frame(client: Client, room: Room, aylin: Person) -> None:
    client.force_login(aylin)
    response = post(client, room, client_id=str(uuid4()))
    message = Message.objects.get()
    (frame,) = response.json()["frames"]
    assert (response.status_code, message.author) == (201, aylin)
    assert (frame["room"], frame["number"], frame["changed"]) == (room.pk, 1, 1)
    assert f'id="message-{room.pk}-1"' in frame["html"]


def test_a_plain_form_leads_back_to_its_page(client: Client, room: Room, aylin: Person) -> None:
    client.force_login(aylin)
    for next_path, led_to in [
        ("/veranstaltungen/?a=b", "/veranstaltungen/?a=b"),
        ("https://elsewhere.example/", room.get_absolute_url()),
        ("", room.get_absolute_url()),
    ]:
        response = client.post(path("post", room), {"body": "Hallo", "next": next_path})
        assert (response.status_code, response.url) == (302, led_to)


def test_a_refusal_stands_beside_the_composer_with_what_was_typed(
    client: Client, room: Room, aylin: Person
) -> None:
    client.force_login(aylin)
    text = "x" * 2001
    response = client.post(path("post", room), {"body": text, "next": "/veranstaltungen/"})
    assert response.status_code == 422
    assert "Ihre Nachricht hat 2001 Zeichen." in response.text
    assert text in response.text
    assert '<a class="kern-link" href="/veranstaltungen/">Zurück zur Seite</a>' in response.text
    answer = post(client, room, "")
    assert (answer.status_code, answer.json()) == (
        422,
        {"error": "Bitte schreiben Sie erst etwas."},
    )


def test_who_writes_very_fast_waits(client: Client, room: Room, aylin: Person) -> None:
    client.force_login(aylin)
    first = str(uuid4())
    with time_machine.travel("2026-07-15 09:00:10+00:00", tick=False) as moment:
        for number in range(POSTS):
            data = {"client_id": first} if number == 0 else {}
            assert post(client, room, **data).status_code == 201
        response = post(client, room)
        assert (response.status_code, response.headers["Retry-After"]) == (429, "20")
        assert response.json() == {
            "error": "Sie schreiben sehr schnell. Bitte warten Sie noch 20 Sekunden.",
            "seconds": 20,
        }
        again = post(client, room, client_id=first)  # its answer had been lost
        assert (again.status_code, again.json()["frames"][0]["number"]) == (201, 1)
        moment.shift(20)
        assert post(client, room).status_code == 201
    assert room.messages.count() == POSTS + 1


def test_who_changes_a_message_very_often_has_to_wait_too(
    client: Client, room: Room, aylin: Person
) -> None:
    client.force_login(aylin)
    with time_machine.travel("2020-07-15 09:00:10+00:00", tick=False):
        assert post(client, room).status_code == 201
        address = reverse("chat:edit", args=[room.pk, 1])
        answers = [client.post(address, {"body": str(n)}) for n in range(POSTS)]
    assert [answer.status_code for answer in answers] == [302] * (POSTS - 1) + [429]
    assert room.messages.get().body == str(POSTS - 2)


def test_without_a_cache_nobody_is_counted_and_everything_is_stored(
    client: Client, room: Room, aylin: Person, settings: Any
) -> None:
    client.force_login(aylin)
    away = "redis://127.0.0.1:1"  # nobody listens there
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": away}
    }
    assert post(client, room).status_code == 201


@pytest.mark.parametrize("name", ["edit", "delete"])
def test_only_the_author_edits_and_deletes(
    name: str, client: Client, room: Room, aylin: Person, jonas: Person
) -> None:
    room.post(aylin, "Guten Tak", uuid4())
    client.force_login(jonas)
    body = {"body": "Guten Tag"}
    assert client.post(path(name, room, 1), body, headers=JSON).status_code == 403
    client.force_login(aylin)
    answer = client.post(path(name, room, 1), body, headers=JSON)
    assert (answer.status_code, answer.json()["frames"][0]["changed"]) == (200, 2)
    assert Message.objects.get().body == ("Guten Tag" if name == "edit" else "")


def test_only_those_who_keep_the_room_hide_and_reveal(
    client: Client, room: Room, aylin: Person, jonas: Person
) -> None:
    room.post(aylin, "Werbung", uuid4())
    client.force_login(aylin)
    assert client.post(path("hide", room, 1), headers=JSON).status_code == 403
    client.force_login(jonas)
    answer = client.post(path("hide", room, 1), headers=JSON)
    assert "Werbung" not in answer.json()["frames"][0]["html"]
    answer = client.post(path("reveal", room, 1), headers=JSON)
    assert "Werbung" in answer.json()["frames"][0]["html"]


def test_a_message_has_a_page_with_what_one_may_do(
    client: Client, room: Room, aylin: Person, jonas: Person
) -> None:
    room.post(aylin, "Guten Tag", uuid4())
    offers = {}
    for person in (aylin, jonas):
        client.force_login(person)
        text = client.get(path("message", room, 1)).text
        offers[person] = [
            name for name in ["edit", "delete", "hide"] if f'"{path(name, room, 1)}"' in text
        ]
    assert offers == {aylin: ["edit", "delete"], jonas: ["hide"]}
    client.force_login(aylin)
    response = client.post(path("edit", room, 1), {"body": "", "next": "/"})
    assert (response.status_code, "Bitte schreiben Sie erst etwas." in response.text) == (
        422,
        True,
    )
    assert client.post(path("edit", room, 1), {"body": "Neu", "next": "/"}).url == "/"


# -- reading


def test_what_changed_is_asked_for_by_number(
    client: Client, room: Room, aylin: Person, jonas: Person
) -> None:
    messages = [room.post(aylin, text, uuid4()) for text in "abc"]
    messages[0].edit(aylin, "A")
    messages[1].hide(jonas)
    client.force_login(aylin)
    answer = client.get(path("room", room), {"since": 3}, headers=JSON).json()
    frames = [(frame["number"], frame["changed"]) for frame in answer["frames"]]
    assert (frames, answer["head"], answer["more"]) == ([(1, 4), (2, 5)], 5, False)
    assert "Aylin Yılmaz" in answer["people"]
    answer = client.get(path("room", room), {"since": 5}, headers=JSON).json()
    assert (answer["frames"], answer["head"]) == ([], 5)


def test_many_changes_come_in_parts(
    client: Client, room: Room, aylin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("chat.models.room", "chat.views.messages"):
        monkeypatch.setattr(f"{module}.CHANGES", 2)
    for text in "abc":
        room.post(aylin, text, uuid4())
    client.force_login(aylin)
    parts = [
        client.get(path("room", room), {"since": since}, headers=JSON).json()
        for since in (0, 2)
    ]
    assert [(part["head"], part["more"]) for part in parts] == [(2, True), (3, False)]


def test_older_messages_come_by_link_and_by_script(
    client: Client, room: Room, aylin: Person
) -> None:
    for number in range(1, 61):
        room.post(aylin, f"Nummer {number}.", uuid4())
    client.force_login(aylin)
    text = client.get(path("room", room)).text
    assert ("Nummer 11." in text, "Nummer 10." in text) == (True, False)
    assert f'href="{path("room", room)}?before=11"' in text
    older = client.get(path("room", room), {"before": 11}, headers=JSON).json()
    assert [frame["number"] for frame in older["frames"]] == list(range(1, 11))
    assert older["more"] is False
    assert "Nummer 10." in client.get(path("room", room), {"before": 11}).text


@pytest.mark.parametrize("odd", ["", "x", "-1", "9" * 30, "٣"])
def test_odd_numbers_are_no_trouble(
    odd: str, client: Client, room: Room, aylin: Person
) -> None:
    client.force_login(aylin)
    for name in ("since", "before"):
        assert client.get(path("room", room), {name: odd}, headers=JSON).status_code == 200


@pytest.mark.parametrize(
    "name", ["room", "message", "post", "edit", "delete", "hide", "reveal"]
)
def test_every_door_is_shut_to_outsiders(
    name: str, client: Client, room: Room, aylin: Person, olga: Person
) -> None:
    room.post(aylin, "Guten Tag", uuid4())
    address = path(name, room, *([] if name in {"room", "post"} else [1]))
    ask = client.get if name in {"room", "message"} else client.post
    assert ask(address).status_code == 302  # to the login
    client.force_login(olga)
    for pk in (room.pk, room.pk + 1000):
        response = ask(address.replace(str(room.pk), str(pk), 1))
        assert (response.status_code, "Guten Tag" in response.text) == (403, False)
    answer = ask(address, headers=JSON)
    assert answer.json() == {"error": "Sie sind nicht (mehr) in diesem Raum."}
    client.force_login(aylin)
    assert ask(address, {"body": "Hallo"}).status_code in {200, 302, 403}


def test_who_asks_is_here(client: Client, room: Room, aylin: Person) -> None:
    client.force_login(aylin)
    for _time in range(2):
        client.get(path("room", room), {"since": 0}, headers=JSON)
    assert Presence.objects.get().person == aylin


def queries(client: Client, ask: Any) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert ask().status_code < 300
    words = [query["sql"].split()[0] for query in captured]
    return len([word for word in words if word not in {"SAVEPOINT", "RELEASE"}])


def test_pages_and_posts_cost_the_same_in_a_full_room(
    client: Client, room: Room, aylin: Person, jonas: Person, gerd: Person
) -> None:
    client.force_login(aylin)
    room.admit(gerd)
    counts = []
    for person in (aylin, jonas, gerd):
        room.post(person, "Guten Tag", uuid4())
        client.get(path("room", room))
        counts.append(
            (
                queries(client, lambda: client.get(path("room", room))),
                queries(
                    client, lambda: client.get(f"{path('room', room)}?since=0", headers=JSON)
                ),
                queries(client, lambda: post(client, room)),
            )
        )
    assert counts == [counts[0]] * 3
    assert counts[0][2] <= 6
