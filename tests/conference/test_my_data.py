"""My data: taken along as a file, deleted with all that hangs on it."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import CASCADE
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from chat import clock
from chat.models import Message, Reachable, Talk
from chat.models.reaction import react
from chat.models.report import report
from conference.models import (
    Answer,
    Event,
    Interest,
    LoginLink,
    Mail,
    Person,
    Place,
    Question,
    Registration,
    Slot,
    Speaker,
    TechCheck,
)
from conference.personal_data import LEFT_OUT, SECTIONS, Section, data_of
from marketplace.models import Stand
from tests.conference.test_registrations import post  # noqa: F401

Post = Callable[..., HttpResponse]
DELETE = "/meine-daten/loeschen/"


def relations() -> set[str]:
    """All fields of all models that refer to a person, or to their registration."""
    return {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in (*model._meta.fields, *model._meta.many_to_many)
        if field.related_model in (Person, Registration)
    }


def given(section: Section) -> set[str]:
    return {f"{section.model}.{owner.partition('__')[0]}" for owner in section.owners}


def test_whatever_refers_to_a_person_is_given_or_left_out_for_a_reason() -> None:
    """A new model that does must be named in ``conference.personal_data``."""
    shown = set().union(*map(given, SECTIONS))
    assert relations() - shown - {*LEFT_OUT} == {
        "conference.LoginLink.registration",  # the person's own, and theirs by ``person``
    }
    assert {*LEFT_OUT} - relations() == set()


@pytest.fixture
def busy(
    event: Event, aylin: Person, gerd: Person, slot: Slot, jonas: Person, stand: Stand
) -> Person:
    """``aylin``, once she has done what people do here."""
    registration = aylin.registrations.get()
    question = Question.objects.create(event=event, text="Was führt Sie her?")
    Answer.objects.create(registration=registration, question=question, values=["Neugier"])
    Slot.objects.update(capacity=2)
    slot.book(registration)
    slot.round.mark_for(aylin)
    Interest.leave(event, aylin.email, language="de")
    Speaker.objects.create(event=event, person=aylin, name="Dr. Yılmaz")
    TechCheck(sound="yes").keep(event, aylin)
    for person in (aylin, gerd):
        event.enter(person)
        stand.enter(person)
        Reachable.say(person, is_reachable=True)
    said = event.room.post(aylin, "Guten Morgen!", uuid4())
    said.edit(aylin, "Guten Morgen, alle!")
    event.room.post(gerd, "Hallo @Aylin Yılmaz", uuid4())
    answer = event.room.post(gerd, "Werbung", uuid4())
    react(answer, aylin, "👍")
    report(answer, aylin, "Werbung")
    talk = Talk.begin(aylin, gerd, "Kennen wir uns?", uuid4(), event.room).room.talk
    talk.block(aylin)
    stand.room.memberships.get(person=aylin).mute(jonas, clock.now() + timedelta(hours=1))
    LoginLink.issue(aylin, expires_at=clock.now())
    Mail.write(aylin, "welcome", event=event)
    return aylin


def test_all_that_is_kept_can_be_taken_along(busy: Person, slot: Slot, client: Client) -> None:
    client.force_login(busy)
    response = client.get(reverse("my_data"))
    assert response["Content-Disposition"] == 'attachment; filename="meine-daten.json"'
    data = json.loads(response.content)
    assert data["person"]["email"] == busy.email
    assert {name for name, rows in data.items() if not rows} == {
        *(
            "waiting_lists",
            "watched",
            "questions",
            "edited_texts",
            "uploads",
            "consents",
            "organises",
            "moderates",
            "keeps_stands",
            "present",
        ),
    }
    assert data["answers"] == [
        {"event": "Fachtag Quartier", "question": "Was führt Sie her?", "values": ["Neugier"]}
    ]
    assert [one["forum"] for one in data["places"]] == [slot.forum.title]
    assert [one["session"] for one in data["programme"]] == [slot.round.title]
    assert [(one["text"], one["is_direct"]) for one in data["messages"]] == [
        ("Guten Morgen, alle!", False),
        ("Kennen wir uns?", True),
    ]
    assert [one["text"] for one in data["earlier_texts"]] == ["Guten Morgen!"]
    assert [one["sign"] for one in data["reactions"]] == ["👍"]
    assert [one["occasion"] for one in data["mails"]] == [
        *("place-given", "noted", "welcome"),
    ]


def test_parts_that_one_plays_stand_in_it(
    event: Event, jonas: Person, petra: Person, katrin: Person, stand: Stand, slot: Slot
) -> None:
    assert [one["stand"] for one in data_of(jonas)["keeps_stands"]] == [stand.title]
    assert [one["forum"] for one in data_of(petra)["moderates"]] == [slot.forum.title]
    assert data_of(katrin)["organises"] == [{"event": event.title}]


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
    with django_assert_num_queries(4 + len(SECTIONS)):
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


NAMELESS = {
    "chat.Message.author",
    "chat.Message.hidden_by",
    "chat.Report.settled_by",
    "chat.Sanction.imposed_by",
    "chat.Sanction.lifted_by",
    "chat.Talk.asked_by",
    "chat.Talk.first",
    "chat.Talk.second",
    "conference.Mailing.approved_by",
    "conference.TextTrack.changed_by",
    "conference.Speaker.person",  # the programme stands as it was printed
}


def test_what_refers_to_a_person_goes_with_them_but_for_what_stays_without_a_name() -> None:
    """A new model that should outlive its person must be named above."""
    kept = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.fields
        if field.related_model is Person and field.remote_field.on_delete is not CASCADE
    }
    assert kept == NAMELESS


def test_nothing_has_the_address_any_more_but_the_last_mail(
    busy: Person, katrin: Person
) -> None:
    for model, row in [(Person, busy), (Registration, busy.registrations.get())]:
        LogEntry.objects.log_actions(katrin.pk, model.objects.filter(pk=row.pk), CHANGE)
    other = Interest.objects.create(event=Event.objects.get(), email="i@example.org")
    busy.forget()
    found = [
        (model._meta.label, field.name, str(row))
        for model in apps.get_models()
        for row in model._default_manager.all()
        for field in model._meta.fields
        if busy.email in str(getattr(row, field.attname))
    ]
    assert found == [("conference.Mail", "to", "Ihr Konto ist gelöscht: Fachtag")]
    assert {entry.object_repr for entry in LogEntry.objects.all()} == {"–"}
    assert [*Interest.objects.all()] == [other]


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
