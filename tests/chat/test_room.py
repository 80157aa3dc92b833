import itertools
import multiprocessing
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from chat.models import Message, Role, Room
from chat.models.message import MAX_LENGTH, Empty, Gone, NotYours, TooLong
from chat.models.posting import NotAdmitted
from conference.models import Person


def numbers(room: Room) -> list[tuple[int, int]]:
    return list(room.messages.values_list("number", "changed"))


def head(room: Room) -> int:
    return Room.objects.get(pk=room.pk).head


# -- posting


def test_messages_are_numbered_without_gaps(room: Room, aylin: Person, jonas: Person) -> None:
    first = room.post(aylin, " Guten Tag! ", uuid4())
    second = room.post(jonas, "Willkommen!", uuid4())
    assert (first.number, first.body, first.role) == (1, "Guten Tag!", Role.MEMBER)
    assert (second.number, second.changed, second.role) == (2, 2, Role.HOST)
    assert head(room) == 2


def test_the_same_post_again_is_the_first_one(room: Room, aylin: Person, jonas: Person) -> None:
    client_id = uuid4()
    first = room.post(aylin, "Guten Tag!", client_id)
    assert room.post(aylin, "etwas anderes", client_id) == first
    other = room.post(jonas, "von mir", client_id)
    assert (numbers(room), other.number, head(room)) == ([(1, 1), (2, 2)], 2, 2)


@pytest.mark.parametrize(
    ("body", "refusal", "sentence"),
    [
        ("", Empty, "Bitte schreiben Sie erst etwas."),
        (" \n\u200b", Empty, "Bitte schreiben Sie erst etwas."),
        (
            "x" * (MAX_LENGTH + 1),
            TooLong,
            "Ihre Nachricht hat 2001 Zeichen. Möglich sind 2000; bitte kürzen Sie sie.",
        ),
    ],
)
def test_empty_and_too_long_messages_are_refused(
    body: str, refusal: type[Exception], sentence: str, room: Room, aylin: Person
) -> None:
    with pytest.raises(refusal) as raised:
        room.post(aylin, body, uuid4())
    assert (str(raised.value), head(room)) == (sentence, 0)


def test_who_is_not_admitted_any_more_posts_nothing(
    room: Room, aylin: Person, olga: Person
) -> None:
    room.dismiss(aylin)
    for person in (aylin, olga):
        with pytest.raises(NotAdmitted):
            room.post(person, "Hallo", uuid4())
    assert head(room) == 0


# -- changing


def test_an_edit_keeps_the_place_and_takes_a_number(room: Room, aylin: Person) -> None:
    first = room.post(aylin, "Guten Tak", uuid4())
    room.post(aylin, "Zweite", uuid4())
    first.edit(aylin, "Guten Tag")
    assert numbers(room) == [(1, 3), (2, 2)]
    assert [(m.number, m.body) for m in room.changes_since(2)] == [(1, "Guten Tag")]
    first.edit(aylin, "Guten Tag")  # nothing changed
    assert head(room) == 3


def test_a_deletion_leaves_a_tombstone(room: Room, aylin: Person) -> None:
    message = room.post(aylin, "Ups", uuid4())
    message.delete_by(aylin)
    kept = Message.objects.get()
    assert (kept.body, kept.changed, kept.is_shown) == ("", 2, False)
    with pytest.raises(Gone):
        message.edit(aylin, "Doch nicht")


def test_only_the_author_edits_and_deletes(room: Room, aylin: Person, jonas: Person) -> None:
    message = room.post(aylin, "Guten Tag", uuid4())
    for act in (lambda: message.edit(jonas, "Nein"), lambda: message.delete_by(jonas)):
        with pytest.raises(NotYours):
            act()
    assert (Message.objects.get().body, head(room)) == ("Guten Tag", 1)


def test_who_was_dismissed_changes_nothing_any_more(room: Room, aylin: Person) -> None:
    message = room.post(aylin, "Guten Tag", uuid4())
    room.dismiss(aylin)
    with pytest.raises(NotAdmitted):
        message.edit(aylin, "Auf Wiedersehen")
    assert head(room) == 1


def test_whoever_keeps_the_room_hides_and_reveals(
    room: Room, aylin: Person, jonas: Person, katrin: Person
) -> None:
    message = room.post(aylin, "Werbung", uuid4())
    message.hide(jonas)
    kept = Message.objects.get()
    assert (kept.body, kept.hidden_by, kept.changed) == ("Werbung", jonas, 2)
    with pytest.raises(Gone):
        message.delete_by(aylin)
    message.reveal(katrin)  # by her right in the administration
    assert (Message.objects.get().is_shown, head(room)) == (True, 3)


def test_nobody_else_hides(room: Room, aylin: Person, jonas: Person) -> None:
    message = room.post(jonas, "Willkommen", uuid4())
    with pytest.raises(NotYours):
        message.hide(aylin)
    assert (Message.objects.get().is_shown, head(room)) == (True, 1)


# -- reading


def test_history_comes_in_pages(room: Room, aylin: Person) -> None:
    for number in range(53):
        room.post(aylin, str(number), uuid4())
    newest = room.page_before()
    older = room.page_before(newest[0].number)
    assert [m.number for m in newest] == list(range(4, 54))
    assert [m.number for m in older] == [1, 2, 3]


# -- rushes


@pytest.fixture
def crowd(transactional_db: None, room: Room) -> list[Person]:
    people = [
        Person.objects.create_user(f"gast{number}@example.org", name=f"Gast {number}")
        for number in range(4)
    ]
    for person in people:
        room.admit(person)
    return people


def talk(room_pk: int, person_pk: int, ids: list[UUID]) -> None:
    """Post, look, and see no hole: commit order is number order."""
    try:
        room, person = Room.objects.get(pk=room_pk), Person.objects.get(pk=person_pk)
        for client_id in ids:
            room.post(person, f"Nachricht {client_id}", client_id)
            seen = sorted(room.messages.values_list("number", flat=True))
            assert seen == list(range(1, len(seen) + 1))
    finally:
        connection.close()


def rush(room: Room, crowd: list[Person], run: Callable[..., object]) -> None:
    ids = [[uuid4() for _message in range(15)] for _person in crowd]
    # Everybody twice at once, as when an answer was lost and the page asks again.
    people = [person.pk for person in crowd]
    list(run(talk, itertools.repeat(room.pk), people * 2, ids * 2))
    count = len(crowd) * 15
    assert numbers(room) == [(number, number) for number in range(1, count + 1)]
    assert head(room) == count


@pytest.mark.services
def test_threads_post_without_gaps_and_once(room: Room, crowd: list[Person]) -> None:
    with ThreadPoolExecutor(8) as pool:
        rush(room, crowd, pool.map)


@pytest.mark.services
def test_processes_post_without_gaps_and_once(room: Room, crowd: list[Person]) -> None:
    def run(function: Callable[..., None], rooms: object, *args: list[object]) -> list[object]:
        connections.close_all()
        context = multiprocessing.get_context("fork")
        processes = [
            context.Process(target=function, args=(room.pk, *each))
            for each in zip(*args, strict=True)
        ]
        for process in processes:
            process.start()
        for process in processes:
            process.join(60)
        assert [process.exitcode for process in processes] == [0] * len(processes)
        return []

    rush(room, crowd, run)


def test_posting_takes_three_queries(room: Room, aylin: Person) -> None:
    with CaptureQueriesContext(connection) as queries:
        room.post(aylin, "Guten Tag", uuid4())
    saying = [q["sql"].split()[0] for q in queries]
    assert [word for word in saying if word not in {"SAVEPOINT", "RELEASE"}] == [
        "SELECT",
        "UPDATE",
        "INSERT",
    ]
