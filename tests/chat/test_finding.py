"""Messages are found by their words, by those who may read them."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chat.finding import excerpt, find
from chat.models import Room
from conference.models import Event, Person

pytestmark = pytest.mark.services
SEARCH = reverse("chat:search")


def say(room: Room, person: Person, *texts: str) -> None:
    for text in texts:
        room.post(person, text, uuid4())


def found(person: Person, text: str, room: Room | None = None) -> list[str]:
    return [message.body for message in find(person.pk, text, room.pk if room else None)]


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("bürgerhaus", True),
        ("BÜRGER", True),
        ("Buergerhaus", True),
        ("burger", True),
        ("strasse", True),
        ("Haus Straße", True),  # each of the words, in any order
        ("haus garten", False),
        ("100 %", True),
        ("100 _", False),
        ("café", True),
        ("cafe", True),
    ],
)
def test_spelling_does_not_matter(
    text: str, is_found: bool, room: Room, aylin: Person, jonas: Person
) -> None:
    say(room, jonas, "Das Bürgerhaus in der Straße hat ein Cafe und ist zu 100 % bezahlt.")
    assert (text, len(found(aylin, text))) == (text, int(is_found))


def test_only_what_is_shown_is_found(room: Room, aylin: Person, jonas: Person) -> None:
    say(room, jonas, "Apfel eins", "Apfel zwei", "Apfel drei", "Birne")
    first, second, third = room.messages.all()[:3]
    first.hide(jonas)
    second.delete_by(jonas)
    third.edit(jonas, "Pflaume")
    assert found(aylin, "apfel") == []
    assert found(aylin, "pflaume") == ["Pflaume"]
    first.reveal(jonas)
    assert found(aylin, "apfel") == ["Apfel eins"]


def test_only_rooms_that_one_may_enter_are_searched(
    client: Client, room: Room, event: Event, aylin: Person, jonas: Person, olga: Person
) -> None:
    event.room.admit(aylin)
    event.room.admit(jonas)
    say(room, jonas, "Apfel am Stand")
    say(event.room, jonas, "Apfel im Foyer")
    assert found(aylin, "apfel") == ["Apfel im Foyer", "Apfel am Stand"]
    assert found(aylin, "apfel", room) == ["Apfel am Stand"]
    assert found(olga, "apfel") == found(olga, "apfel", room) == []
    room.dismiss(aylin)
    assert found(aylin, "apfel") == ["Apfel im Foyer"]
    client.force_login(aylin)
    text = client.get(SEARCH, {"suche": "apfel", "raum": room.pk}).text
    assert ("Apfel am Stand" in text.replace("<mark>", "").replace("</mark>", "")) is False


def test_the_page_is_for_those_who_are_logged_in(
    client: Client, room: Room, aylin: Person, jonas: Person
) -> None:
    assert client.get(SEARCH).status_code == 302
    say(room, jonas, "Ein Apfel & eine <Birne>")
    client.force_login(aylin)
    for asked, heading in [
        ("apfel", "1 Nachricht gefunden"),
        ("melone", "0 Nachrichten gefunden"),
        ("\x00", None),
        ("", None),
    ]:
        text = client.get(SEARCH, {"suche": asked, "raum": "x"}).text
        headings = re.findall(r"<h2[^>]*>(.*?)</h2>", text)
        assert (asked, headings) == (asked, [heading] if heading else [])
    text = client.get(SEARCH, {"suche": "apfel"}).text
    address = f"{room.get_absolute_url()}?nachricht=1#message-{room.pk}-1"
    marked = "Ein <mark>Apfel</mark> &amp; eine &lt;Birne&gt;"
    assert f'<a href="{address}" dir="auto">{marked}</a>' in text


def test_the_excerpt_shows_the_first_hit() -> None:
    body = "viel " * 100 + "Äpfel " + "mehr " * 100
    text = excerpt(body, "apfel")
    assert text == "… " + "viel " * 12 + "<mark>Äpfel</mark>" + " mehr" * 24 + "  …"
    assert excerpt("Der Rad-Weg", "rad-weg") == "Der <mark>Rad</mark>-<mark>Weg</mark>"


def test_searching_costs_the_same_however_much_is_found(
    client: Client, room: Room, event: Event, aylin: Person, jonas: Person
) -> None:
    client.force_login(aylin)
    counts: list[Any] = []
    for where in (room, event.room, room):
        for person in (aylin, jonas):
            where.admit(person)
        say(where, jonas, "Apfel")
        with CaptureQueriesContext(connection) as queries:
            client.get(SEARCH, {"suche": "apfel"})
        counts.append(len(queries))
    assert counts == [counts[0]] * 3
