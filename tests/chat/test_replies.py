"""Answers quote what they answer to, and nothing that is not shown any more."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chat import live
from chat.models import Message, Room
from chat.models.message import MOST_TOLD
from conference.models import Person

pytestmark = pytest.mark.services
JSON = {"Accept": "application/json"}
GONE = "Diese Nachricht gibt es nicht mehr."


def row(room: Room, number: int) -> str:
    return live.render(room.messages.with_author().get(number=number))


def quote(room: Room, number: int) -> str:
    """What a German reader sees of the quote in this row."""
    html = re.search(r'<a class="quote".*?</a>', row(room, number), re.DOTALL)
    text = re.sub(r'<span class="in-en".*?</span>', "", html.group() if html else "")
    return re.sub(r"<.*?>", "", text).strip()


def answer(room: Room, person: Person, to: int, text: str = "Gern!") -> Message:
    return room.post(person, text, uuid4(), answers=to)


def test_an_answer_quotes_author_and_first_words(
    room: Room, aylin: Person, jonas: Person
) -> None:
    room.post(aylin, "Wie  fing\nalles an? " + "x" * 200, uuid4())
    answer(room, jonas, 1)
    text = "Wie fing alles an? " + "x" * 100 + "…"
    assert quote(room, 2) == f"Antwort auf: Aylin Yılmaz {text}"
    address = f"{room.get_absolute_url()}?nachricht=1#message-{room.pk}-1"
    assert f'<a class="quote" href="{address}" data-quoted="1">' in row(room, 2)


def test_it_follows_what_happens_to_the_original(
    room: Room, aylin: Person, jonas: Person
) -> None:
    original = room.post(aylin, "Geheim", uuid4())
    for _time in range(2):
        answer(room, jonas, 1)
    original.edit(aylin, "Offen")
    assert quote(room, 2) == "Antwort auf: Aylin Yılmaz Offen"
    original.hide(jonas)
    assert quote(room, 2) == quote(room, 3) == f"Antwort auf: {GONE}"
    assert "Aylin" not in quote(room, 2)
    original.reveal(jonas)
    assert quote(room, 3) == "Antwort auf: Aylin Yılmaz Offen"
    original.delete_by(aylin)
    assert quote(room, 2) == quote(room, 3) == f"Antwort auf: {GONE}"
    # Each change took three numbers, one per row that changed, in an order without gaps.
    assert [(m.number, m.changed) for m in room.changes_since(0)] == [(1, 13), (2, 14), (3, 15)]
    assert Room.objects.get(pk=room.pk).head == 15


def test_readers_are_told_that_the_quote_changed(
    room: Room,
    aylin: Person,
    jonas: Person,
    django_capture_on_commit_callbacks: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    original = room.post(aylin, "Geheim", uuid4())
    answer(room, jonas, 1)
    told: list[tuple[int, bool]] = []
    monkeypatch.setattr(
        live, "publish", lambda m: told.append((m.number, "Geheim" in live.render(m)))
    )
    with django_capture_on_commit_callbacks(execute=True):
        original.hide(jonas)
    assert told == [(1, False), (2, False)]


def test_an_answer_to_what_is_hidden_meanwhile_tells_nothing(
    room: Room, aylin: Person, jonas: Person
) -> None:
    room.post(aylin, "Geheim", uuid4()).hide(jonas)
    answer(room, aylin, 1)
    assert quote(room, 3) == f"Antwort auf: {GONE}"


def test_nobody_quotes_from_another_room(
    room: Room, aylin: Person, jonas: Person, event: Any
) -> None:
    event.room.admit(jonas)
    for _message in range(3):
        event.room.post(jonas, "Aus dem Foyer", uuid4())
    answered = answer(room, aylin, 3)
    assert (answered.answers_to, quote(room, 1)) == (None, "")


def test_an_answer_loses_its_quote_with_the_author_but_not_its_place(
    room: Room, aylin: Person, jonas: Person
) -> None:
    room.post(aylin, "Guten Tag", uuid4())
    answer(room, jonas, 1)
    aylin.delete()
    assert quote(room, 2) == "Antwort auf: Gelöschtes Konto Guten Tag"


def test_the_form_answers_too_and_keeps_what_was_typed(
    client: Client, room: Room, aylin: Person, jonas: Person
) -> None:
    room.post(jonas, "Was möchten Sie wissen?", uuid4())
    client.force_login(aylin)
    text = client.get(room.get_absolute_url(), {"antwort": 1}).text
    assert '<input type="hidden" name="answers" value="1">' in text
    address = reverse("chat:post", args=[room.pk])
    refused = client.post(address, {"body": "x" * 2001, "answers": "1"})
    assert refused.status_code == 422
    assert '<input type="hidden" name="answers" value="1">' in refused.text
    assert client.post(address, {"body": "Alles", "answers": "1"}).status_code == 302
    assert room.messages.get(number=2).answers_to == room.messages.get(number=1)
    for odd in ["x", "-1", "9" * 30, "77"]:
        assert client.post(address, {"body": "Alles", "answers": odd}).status_code == 302


def test_answers_cost_six_queries_and_pages_no_more_than_before(
    client: Client, room: Room, aylin: Person, jonas: Person
) -> None:
    client.force_login(aylin)
    room.post(jonas, "Guten Tag", uuid4())
    address = reverse("chat:post", args=[room.pk])
    posts, pages = [], []
    for _time in range(3):
        with CaptureQueriesContext(connection) as queries:
            client.post(address, {"body": "Hallo", "answers": "1"}, headers=JSON)
        words = [query["sql"].split()[0] for query in queries]
        posts.append(len([word for word in words if word not in {"SAVEPOINT", "RELEASE"}]))
        client.get(room.get_absolute_url())
        with CaptureQueriesContext(connection) as queries:
            client.get(room.get_absolute_url())
        pages.append(len(queries))
    assert (posts, pages) == ([6, 6, 6], [pages[0]] * 3)


# -- going to a message and to a day


@pytest.fixture
def long(room: Room, aylin: Person) -> Room:
    """With 120 messages, of which the first 60 are from 2026-07-15."""
    for number in range(1, 121):
        room.post(aylin, f"Nummer {number}.", uuid4())
    room.messages.filter(number__lte=60).update(posted_at="2026-07-15 08:00+00:00")
    return room


def numbers(text: str) -> tuple[int, int]:
    """The first and the last message on the page."""
    found = [int(number) for number in re.findall(r'data-number="(\d+)"', text)]
    return found[0], found[-1]


def test_a_link_opens_the_page_at_its_message(
    client: Client, long: Room, aylin: Person
) -> None:
    client.force_login(aylin)
    for at, shown, is_frozen in [
        ("30", (5, 54), True),
        ("2", (1, 26), True),
        ("100", (71, 120), False),
        ("999", (71, 120), False),
        ("x", (71, 120), False),
    ]:
        text = client.get(long.get_absolute_url(), {"nachricht": at}).text
        assert (at, numbers(text), " data-frozen" in text) == (at, shown, is_frozen)


def test_a_date_opens_the_page_at_its_first_message(
    client: Client, long: Room, aylin: Person
) -> None:
    client.force_login(aylin)
    for day, shown in [
        ("2026-07-15", (1, 25)),
        ("2026-07-16", (36, 85)),
        ("9999-12-31", (71, 120)),
        ("heute", (71, 120)),
        ("0001-01-01", (71, 120)),
    ]:
        text = client.get(long.get_absolute_url(), {"datum": day}, follow=True).text
        assert (day, numbers(text)) == (day, shown)


def test_a_link_opens_nothing_to_outsiders(
    client: Client, room: Room, aylin: Person, olga: Person
) -> None:
    address = room.post(aylin, "Geheim", uuid4()).get_absolute_url()
    client.force_login(olga)
    response = client.get(address)
    assert (response.status_code, "Geheim" in response.text) == (403, False)
    client.force_login(aylin)
    assert "Geheim" in client.get(address).text


def test_of_very_many_answers_readers_are_told_the_last_number(
    room: Room,
    aylin: Person,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    original = room.post(aylin, "Wer ist da?", uuid4())
    for _answer in range(MOST_TOLD + 1):
        room.post(aylin, "Ich", uuid4(), answers=original.number)
    rows: list[int] = []
    told: list[dict[str, Any]] = []
    monkeypatch.setattr(live, "publish", lambda message: rows.append(message.number))
    monkeypatch.setattr(live, "tell_room", lambda _room, frame: told.append(frame))
    with django_capture_on_commit_callbacks(execute=True):
        original.edit(aylin, "Wer ist schon da?")
    room.refresh_from_db()
    assert (rows, told) == ([1], [{"head": room.head}])
    changed = [one.changed for one in room.changes_since(MOST_TOLD + 2)]
    assert changed == list(range(MOST_TOLD + 3, room.head + 1))
