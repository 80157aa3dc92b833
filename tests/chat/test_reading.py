"""How far people have read, and what is new for them."""

import re
from typing import Any
from uuid import uuid4

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chat import reading
from chat.models import Membership, Room
from chat.reading import unread_counts
from conference.models import Event, Person, Slot
from marketplace.models import Stand

JSON = {"Accept": "application/json"}
NEW = "Neu seit Ihrem letzten Besuch"


def read(room: Room, person: Person) -> int:
    return Membership.objects.get(room=room, person=person).read


def say(room: Room, person: Person, *texts: str) -> None:
    for text in texts:
        room.post(person, text, uuid4())


def test_what_others_said_since_is_unread(
    room: Room, event: Event, aylin: Person, jonas: Person
) -> None:
    event.room.admit(aylin)
    event.room.admit(jonas)
    say(room, jonas, "Eins", "Zwei", "Drei", "Vier")
    say(room, aylin, "Von mir")
    say(event.room, jonas, "Im Foyer")
    room.messages.get(number=1).hide(jonas)
    room.messages.get(number=2).delete_by(jonas)
    pks = [room.pk, event.room.pk]
    assert unread_counts(aylin.pk, pks) == {room.pk: 2, event.room.pk: 1}
    assert unread_counts(jonas.pk, pks) == {room.pk: 1}
    reading.note({(room.pk, aylin.pk): 3})
    assert unread_counts(aylin.pk, pks) == {room.pk: 1, event.room.pk: 1}
    assert unread_counts(aylin.pk, [event.room.pk]) == {event.room.pk: 1}


def test_nothing_is_counted_for_outsiders(room: Room, jonas: Person, olga: Person) -> None:
    say(room, jonas, "Geheim")
    assert unread_counts(olga.pk, [room.pk]) == {}


def test_who_comes_later_has_nothing_to_catch_up(
    room: Room, jonas: Person, gerd: Person
) -> None:
    say(room, jonas, "Eins", "Zwei")
    Room.objects.get(pk=room.pk).admit(gerd)
    assert unread_counts(gerd.pk, [room.pk]) == {}


def test_reading_never_goes_back_and_is_written_together(
    room: Room, aylin: Person, jonas: Person
) -> None:
    with CaptureQueriesContext(connection) as queries:
        reading.note({(room.pk, aylin.pk): 7, (room.pk, jonas.pk): 7})
    assert len(queries) == 1
    reading.note({(room.pk, aylin.pk): 5})
    assert (read(room, aylin), read(room, jonas)) == (7, 7)


def test_a_page_marks_what_is_new_once(
    client: Client, room: Room, aylin: Person, jonas: Person
) -> None:
    say(room, jonas, "Alt")
    client.force_login(aylin)
    client.get(room.get_absolute_url())
    say(room, aylin, "Von mir")
    say(room, jonas, "Neu", "Auch neu")
    text = client.get(room.get_absolute_url()).text
    order = re.findall(rf"{NEW}|Alt|Von mir|Neu(?=<)|Auch neu", text)
    assert order == ["Alt", "Von mir", NEW, "Neu", "Auch neu"]
    assert NEW not in client.get(room.get_absolute_url()).text
    assert read(room, aylin) == 4


def test_older_pages_leave_the_new_ones_new(
    client: Client, room: Room, aylin: Person, jonas: Person
) -> None:
    say(room, jonas, *"abc")
    client.force_login(aylin)
    client.get(room.get_absolute_url(), {"before": 2})
    assert read(room, aylin) == 0


def test_who_asks_without_a_socket_says_how_far_they_read(
    client: Client, room: Room, aylin: Person, jonas: Person
) -> None:
    say(room, jonas, *"abc")
    client.force_login(aylin)
    client.get(room.get_absolute_url(), {"since": 0}, headers=JSON)
    assert read(room, aylin) == 0
    client.get(room.get_absolute_url(), {"since": 0, "read": 2}, headers=JSON)
    assert read(room, aylin) == 2


def test_rooms_are_listed_with_their_counts(
    client: Client, slot: Slot, stand: Stand, petra: Person, jonas: Person, aylin: Person
) -> None:
    for room in (slot.room, stand.room):
        room.admit(aylin)
        say(room, aylin, "Guten Tag", "Ist jemand da?")
    market = f"{stand.event.get_absolute_url()}markt/"
    for person, address, count in [
        (petra, stand.event.entrance_path, 1),
        (jonas, f"{market}meine-staende/", 1),
        (jonas, market, 1),
        (aylin, market, 0),
    ]:
        client.force_login(person)
        text = client.get(address).text
        assert (address, text.count("2 neue Nachrichten</span>")) == (address, count)


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_listing_many_stands_costs_the_same(
    client: Client, stand: Stand, jonas: Person, aylin: Person, now: Any
) -> None:
    client.force_login(jonas)
    market = f"{stand.event.get_absolute_url()}markt/"
    stand.room.admit(aylin)
    counts = []
    for number in range(3):
        say(stand.room, aylin, "Guten Tag")
        counts.append(queries(client, market))
        other = Stand.objects.create(
            event=stand.event,
            topic=stand.topic,
            slug=f"s{number}",
            title="Ein Stand",
            published_at=now,
        )
        other.appoint(jonas)
        other.room.admit(aylin)
        say(other.room, aylin, "Guten Tag")
    assert counts == [counts[0]] * 3
