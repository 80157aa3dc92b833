"""What waits is written together."""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.models import Message, Room
from chat.models import desk as desks
from chat.models.posting import NotAdmitted, Outcome, Post, write
from conference.models import Person


def say(room: Room, person: Person, body: str) -> Message:
    try:
        return room.post(person, body, uuid4())
    finally:
        connection.close()


@contextmanager
def busy(pool: ThreadPoolExecutor, posts: list[Future[Message]]) -> Iterator[None]:
    """As long as another transaction is under way, everybody waits."""
    desk = desks.desk
    desk.is_busy = True
    yield
    while len(desk.waiting) < len(posts):
        time.sleep(0.01)
    desk.writer.submit(desk._write)


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many posts each transaction took along."""
    sizes: list[int] = []

    def counted(posts: list[Post]) -> list[Outcome]:
        sizes.append(len(posts))
        return write(posts)

    monkeypatch.setattr(desks, "write", counted)
    return sizes


@pytest.mark.services
def test_who_waits_is_taken_along(
    transactional_db: None, room: Room, aylin: Person, batches: list[int]
) -> None:
    posts: list[Future[Message]] = []
    with ThreadPoolExecutor(12) as pool, busy(pool, posts):
        posts += [pool.submit(say, room, aylin, f"Nachricht {n}") for n in range(12)]
    assert sorted(post.result().number for post in posts) == list(range(1, 13))
    assert batches == [12]
    assert list(room.messages.values_list("number", flat=True)) == list(range(1, 13))


@pytest.mark.services
def test_a_refusal_is_one_persons_own(
    transactional_db: None, room: Room, aylin: Person, olga: Person, batches: list[int]
) -> None:
    posts: list[Future[Message]] = []
    with ThreadPoolExecutor(3) as pool, busy(pool, posts):
        posts += [pool.submit(say, room, who, "Hallo") for who in (aylin, olga, aylin)]
    assert batches == [3]
    assert [type(post.exception()) for post in posts] == [type(None), NotAdmitted, type(None)]
    assert sorted(posts[i].result().number for i in (0, 2)) == [1, 2]


def test_the_same_post_twice_in_one_transaction_is_one(room: Room, aylin: Person) -> None:
    client_id = uuid4()
    first, again = (
        Post(room.pk, aylin.pk, "Hallo", client_id, author=aylin) for _time in range(2)
    )
    desks.settle([first, again])
    assert first.outcome == again.outcome == Message.objects.get()


def test_a_full_transaction_costs_as_much_as_a_lone_post(
    room: Room, aylin: Person, jonas: Person
) -> None:
    costs = []
    for count in (1, 3):
        posts = [
            Post(room.pk, who.pk, "Hallo", uuid4(), author=who)
            for who in [aylin, jonas, aylin][:count]
        ]
        with CaptureQueriesContext(
            connection,
        ) as captured:
            write(posts)
        costs.append(len(captured))
    assert costs == [3, 3]


@pytest.mark.services
def test_a_mistake_leaves_nobody_waiting(
    transactional_db: None, room: Room, aylin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(posts: list[Post]) -> list[Outcome]:
        raise OSError("the disk is full")

    monkeypatch.setattr(desks, "write", fail)
    posts: list[Future[Message]] = []
    with ThreadPoolExecutor(3) as pool, busy(pool, posts):
        posts += [pool.submit(say, room, aylin, "Hallo") for _post in range(3)]
    assert [str(post.exception()) for post in posts] == ["the disk is full"] * 3
    monkeypatch.undo()
    assert say(room, aylin, "Hallo").number == 1
