"""Who is named or answered hears of it, wherever they are; nobody else does."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chat import live, notices, reading
from chat.models import Message, Room
from conference.models import Event, Person
from tests.chat.test_hub import hear, socket_of
from tests.chat.test_hub import post as post_soon

pytestmark = pytest.mark.services
JSON = {"Accept": "application/json"}
NOTICES = reverse("chat:notices")


def say(room: Room, person: Person, text: str, **fields: Any) -> Message:
    return room.post(person, text, uuid4(), **fields)


def names(message: Message) -> list[str]:
    return sorted(Message.objects.get(pk=message.pk).mentions.values())


# -- who is named


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@Aylin Yılmaz, wie war das?", ["Aylin Yılmaz"]),
        ("(@Aylin Yılmaz)", ["Aylin Yılmaz"]),
        ("Aylin Yılmaz", []),
        ("@Aylin", []),
        ("@Aylin Yılmazer", []),
        ("@Olga Brandt", []),  # is not in the room
        ("@Jonas Weber", []),  # wrote it
    ],
)
def test_a_message_names_people_in_the_room(
    text: str, named: list[str], room: Room, aylin: Person, jonas: Person, olga: Person
) -> None:
    assert names(say(room, jonas, text)) == named


def test_the_longest_name_is_meant(room: Room, aylin: Person, jonas: Person) -> None:
    aylin.correct(name="Anna")
    maria = Person.objects.create_user("maria@example.org", name="Anna Maria")
    room.admit(maria)
    message = say(room, jonas, "@Anna Maria und <b>")
    assert names(message) == ["Anna Maria"]
    html = live.render(Message.objects.with_author().get(pk=message.pk))
    marked = f'<mark class="mention" data-person="{maria.pk}">@Anna Maria</mark> und &lt;b&gt;'
    assert marked in html
    assert names(say(room, jonas, "@Anna und @Anna Maria")) == ["Anna", "Anna Maria"]


def test_an_edit_names_anew_and_a_deletion_nobody(
    room: Room, aylin: Person, jonas: Person
) -> None:
    message = say(room, jonas, "Guten Tag")
    message.edit(jonas, "Guten Tag, @Aylin Yılmaz")
    assert names(message) == ["Aylin Yılmaz"]
    message.delete_by(jonas)
    assert names(message) == []


def test_ones_own_name_stands_out(
    client: Client, room: Room, aylin: Person, jonas: Person
) -> None:
    say(room, jonas, "@Aylin Yılmaz")
    for person, count in [(aylin, 1), (jonas, 0)]:
        client.force_login(person)
        text = client.get(room.get_absolute_url()).text
        assert text.count(f'data-person="{aylin.pk}" data-me>@Aylin Yılmaz') == count


# -- notices


def test_notices_are_new_until_one_has_read_there(
    client: Client, room: Room, event: Event, aylin: Person, jonas: Person
) -> None:
    event.room.admit(aylin)
    event.room.admit(jonas)
    say(room, aylin, "Wie fing alles an?")
    say(room, jonas, "Mit einem Stammtisch.", answers=1)
    say(room, jonas, "@Aylin Yılmaz, kommen Sie vorbei!")
    say(event.room, jonas, "@Aylin Yılmaz, auch hier!")
    assert (notices.count_new(aylin.pk), notices.count_new(jonas.pk)) == (3, 0)
    client.force_login(aylin)
    text = client.get(NOTICES).text
    found = re.findall(r"Stammtisch|vorbei|auch hier|Wie fing", text)
    assert found == ["auch hier", "vorbei", "Stammtisch"]
    assert '<span class="bell__number">3</span>' in text
    client.get(room.get_absolute_url())
    assert notices.count_new(aylin.pk) == 1
    reading.note({(event.room.pk, aylin.pk): 1})
    assert notices.count_new(aylin.pk) == 0


def test_nothing_hidden_or_out_of_reach_is_noticed(
    client: Client, room: Room, aylin: Person, jonas: Person
) -> None:
    say(room, jonas, "@Aylin Yılmaz Geheim").hide(jonas)
    say(room, jonas, "@Aylin Yılmaz Ups").delete_by(jonas)
    assert notices.count_new(aylin.pk) == 0
    say(room, jonas, "@Aylin Yılmaz Nach dem Abschied")
    room.dismiss(aylin)
    client.force_login(aylin)
    text = client.get(NOTICES).text
    assert [word for word in ("Geheim", "Ups", "Abschied") if word in text] == []


def test_the_list_is_ones_own(client: Client, room: Room, aylin: Person, olga: Person) -> None:
    assert client.get(NOTICES).status_code == 302
    client.force_login(olga)
    response = client.get(NOTICES)
    assert (response.status_code, "Noch niemand hat Sie" in response.text) == (200, True)


def test_many_notices_cost_the_same(
    client: Client, room: Room, aylin: Person, jonas: Person
) -> None:
    client.force_login(aylin)
    counts = []
    for _time in range(3):
        say(room, jonas, "@Aylin Yılmaz")
        with CaptureQueriesContext(connection) as queries:
            client.get(NOTICES)
        counts.append(len(queries))
    assert counts == [counts[0]] * 3


def test_naming_somebody_costs_no_query_more(
    client: Client, room: Room, aylin: Person, jonas: Person
) -> None:
    client.force_login(jonas)
    say(room, aylin, "Wie fing alles an?")
    address = reverse("chat:post", args=[room.pk])
    costs = []
    for body in ["Guten Tag", "@Aylin Yılmaz", "@Aylin Yılmaz @Aylin Yılmaz"]:
        data = {"body": body, "answers": "1"}
        with CaptureQueriesContext(connection) as queries:
            client.post(address, data, headers=JSON)
        words = [query["sql"].split()[0] for query in queries]
        costs.append(len([word for word in words if word not in {"SAVEPOINT", "RELEASE"}]))
    assert costs == [6, 6, 6]


# -- live


@pytest.mark.django_db(transaction=True)
async def test_who_is_named_hears_of_it_on_any_page(
    room: Room, aylin: Person, jonas: Person, gerd: Person
) -> None:
    async with socket_of(aylin) as page, socket_of(gerd) as other:
        await post_soon(room, jonas, "@Aylin Yılmaz, @Gerd Hoffmann: Guten Tag")
        notice = (await hear(page, "notice"))["notice"]
        assert notice == {
            "room": room.pk,
            "author": "Jonas Weber",
            "place": "Dorfladen Obertal",
            "direct": False,
            "url": f"{room.get_absolute_url()}?nachricht=1#message-{room.pk}-1",
        }
        assert await other.receive_from() == "{}"
        assert await other.receive_nothing()  # Gerd is not in the room


@pytest.mark.django_db(transaction=True)
async def test_who_was_dismissed_is_not_told_of_answers(
    room: Room, aylin: Person, jonas: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    from asgiref.sync import sync_to_async

    told: list[set[int]] = []
    monkeypatch.setattr(live, "notify", lambda _message, people: told.append(people))
    await post_soon(room, aylin, "Wie fing alles an?")
    answer = sync_to_async(lambda: room.post(jonas, "Gern", uuid4(), answers=1))
    await answer()
    await sync_to_async(room.dismiss)(aylin)
    await answer()
    assert told == [{aylin.pk}]


# -- suggestions


def test_people_of_the_room_are_suggested_those_here_first(
    client: Client, room: Room, aylin: Person, jonas: Person, gerd: Person, olga: Person
) -> None:
    from chat import presence

    room.admit(gerd)
    gerd.correct(name="Jo Hoffmann")
    presence.note(room.pk, jonas.pk)
    client.force_login(aylin)
    for asked, names in [
        ("jo", ["Jonas Weber", "Jo Hoffmann"]),
        ("WE", ["Jonas Weber"]),
        ("jonas web", ["Jonas Weber"]),
        ("Ay", []),  # oneself
        ("Olga", []),
    ]:
        address = reverse("chat:members", args=[room.pk])
        answer = client.get(address, {"q": asked}, headers=JSON).json()
        assert (asked, [person["name"] for person in answer["people"]]) == (asked, names)


def test_outsiders_learn_no_names(
    client: Client, room: Room, aylin: Person, olga: Person
) -> None:
    address = reverse("chat:members", args=[room.pk])
    assert client.get(address, {"q": "ay"}).status_code == 302
    client.force_login(olga)
    response = client.get(address, {"q": "ay"}, headers=JSON)
    assert (response.status_code, "Aylin" in response.text) == (403, False)
