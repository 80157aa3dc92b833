"""My data: taken along as a file, deleted with all that hangs on it."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from chat import clock
from chat.models import Message
from conference.models import Answer, Event, Person, Place, Question, Session, Slot
from tests.conference.test_registrations import post  # noqa: F401

Post = Callable[..., HttpResponse]
DELETE = "/meine-daten/loeschen/"


def test_all_that_is_kept_can_be_taken_along(
    event: Event, aylin: Person, gerd: Person, slot: Slot, round_one: Session, client: Client
) -> None:
    registration = aylin.registrations.get()
    question = Question.objects.create(event=event, text="Was führt Sie her?")
    Answer.objects.create(registration=registration, question=question, values=["Neugier"])
    slot.book(registration)
    round_one.mark_for(aylin)
    event.enter(aylin)
    event.enter(gerd)
    event.room.post(aylin, "Guten Morgen!", uuid4())
    event.room.post(gerd, "Hallo", uuid4())
    client.force_login(aylin)
    response = client.get(reverse("my_data"))
    assert response["Content-Disposition"] == 'attachment; filename="meine-daten.json"'
    data = json.loads(response.content)
    assert data["person"]["email"] == aylin.email
    assert [one["answers"] for one in data["registrations"]] == [
        {"Was führt Sie her?": ["Neugier"]}
    ]
    assert [one["slot"] for one in data["places"]] == [str(slot)]
    assert [one["session"] for one in data["programme"]] == [str(round_one)]
    assert [one["text"] for one in data["messages"]] == ["Guten Morgen!"]


@pytest.mark.parametrize("count", [1, 3])
def test_it_asks_as_often_for_one_message_as_for_three(
    event: Event,
    aylin: Person,
    client: Client,
    count: int,
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    event.enter(aylin)
    for number in range(count):
        event.room.post(aylin, f"Nachricht {number}", uuid4())
    client.force_login(aylin)
    with django_assert_num_queries(10):
        client.get(reverse("my_data"))


def test_strangers_have_no_data_here(client: Client) -> None:
    for path in (reverse("my_data"), DELETE):
        assert client.get(path).url == f"{reverse('login')}?next={path}"


def test_deleting_asks_first_and_then_leaves_no_name(
    event: Event,
    aylin: Person,
    slot: Slot,
    client: Client,
    post: Post,  # noqa: F811
    mailoutbox: list,
) -> None:
    slot.book(aylin.registrations.get())
    event.enter(aylin)
    event.room.post(aylin, "Das bleibt stehen.", uuid4())
    client.force_login(aylin)
    assert client.get(DELETE).status_code == 200
    assert Person.objects.filter(pk=aylin.pk).exists()

    assert post(DELETE).url == reverse("start")
    assert "_auth_user_id" not in client.session
    assert not Person.objects.filter(email=aylin.email).exists()
    assert not Place.objects.exists()
    slot.refresh_from_db()
    assert slot.taken == 0
    message = Message.objects.get()
    assert (message.body, message.author) == ("Das bleibt stehen.", None)
    event.refresh_from_db()
    assert event.nameless == 1
    assert mailoutbox[-1].to == [aylin.email]
    assert mailoutbox[-1].subject == "Ihr Konto ist gelöscht: Fachtag"


def test_before_the_event_begins_nobody_is_counted_on(event: Event, aylin: Person) -> None:
    Event.objects.update(starts_at=clock.now() + timedelta(hours=1))
    aylin.forget()
    event.refresh_from_db()
    assert event.nameless == 0


@pytest.mark.parametrize("who", ["katrin", "petra", "jonas"])
def test_on_whom_something_depends_hands_it_over_first(
    who: str, client: Client, request: pytest.FixtureRequest
) -> None:
    person = request.getfixturevalue(who)
    client.force_login(person)
    for method in (client.get, client.post):
        response = method(DELETE)
        assert response.status_code == 409
        assert "Ja, alles löschen" not in response.text
    assert Person.objects.filter(pk=person.pk).exists()
