import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat import presence
from chat.models import Presence, Role, Room
from conference.models import Event, Person


def test_people_are_here_for_18_seconds_unless_seen_again(
    room: Room, event: Event, aylin: Person, jonas: Person
) -> None:
    pair = (room.pk, aylin.pk)
    with time_machine.travel("2026-07-15 09:00:00+00:00", tick=False) as moment:
        presence.refresh("one", [pair])
        presence.refresh("other", [pair, (room.pk, jonas.pk)])
        moment.shift(15)
        presence.refresh("other", [pair])
        assert presence.people_in([room.pk, event.room_id]) == {
            room.pk: {aylin.pk, jonas.pk},
            event.room_id: set(),
        }
        moment.shift(15)
        assert presence.people_in([room.pk]) == {room.pk: {aylin.pk}}
        presence.forget("other", [pair])
        assert presence.people_in([room.pk]) == {room.pk: set()}
        moment.shift(3600)
        presence.tidy()
        assert Presence.objects.count() == 0


@pytest.mark.services
def test_a_deleted_room_or_person_costs_nobody_else_their_place(
    transactional_db: None, room: Room, aylin: Person, jonas: Person
) -> None:
    there = [(room.pk, aylin.pk), (room.pk, jonas.pk)]
    presence.refresh("one", [there[0], (10**6, aylin.pk), (room.pk, 10**6), there[1]])
    assert presence.people_in([room.pk]) == {room.pk: {aylin.pk, jonas.pk}}
    presence.note(10**6, aylin.pk)
    assert Presence.objects.count() == 2


def test_who_has_no_socket_asks_less_often_and_is_here_for_a_minute(
    room: Room, aylin: Person
) -> None:
    with time_machine.travel("2026-07-15 09:00:00+00:00", tick=False) as moment:
        presence.note(room.pk, aylin.pk)
        for seconds, here in [(55, {aylin.pk}), (10, set())]:
            moment.shift(seconds)
            assert presence.people_in([room.pk]) == {room.pk: here}
            assert ("Aylin" in presence.render(room.pk)) == bool(here)


def test_those_who_keep_the_room_come_first(
    room: Room, aylin: Person, jonas: Person, petra: Person, gerd: Person
) -> None:
    room.admit(petra, Role.MODERATOR)
    for person in (aylin, gerd, petra, jonas):  # gerd is not admitted
        presence.note(room.pk, person.pk)
    html = presence.render(room.pk)
    names = [name for name in ("Jonas", "Petra", "Aylin", "Gerd") if name in html]
    assert names == sorted(names, key=html.index) == ["Jonas", "Petra", "Aylin"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_one_query(
    count: int, room: Room, aylin: Person, jonas: Person, petra: Person
) -> None:
    for person in [aylin, jonas, petra][:count]:
        room.admit(person)
        presence.note(room.pk, person.pk)
    with CaptureQueriesContext(connection) as queries:
        presence.render(room.pk)
    assert len(queries) == 1
