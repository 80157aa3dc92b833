from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from chat.models import Role
from conference.models import Event, Person, Recording, Session, Speaker

Add = Callable[..., Session]


@pytest.fixture
def add(event: Event) -> Add:
    def add(title: str, starts_at: datetime, minutes: int = 60, **fields: Any) -> Session:
        fields = {"kind": Session.Kind.KEYNOTE, "slug": title.lower()} | fields
        ends_at = starts_at + timedelta(minutes=minutes)
        return Session.objects.create(
            event=event, title=title, starts_at=starts_at, ends_at=ends_at, **fields
        )

    return add


def page(client: Client, event: Event, query: str = "", **headers: str) -> str:
    response = client.get(reverse("programme", args=[event.slug]) + query, headers=headers)
    assert response.status_code == 200
    return response.text


def test_the_programme_shows_today_and_other_days_by_their_link(
    client: Client, event: Event, now: datetime, add: Add
) -> None:
    add("Gestern", now - timedelta(days=1))
    add("Heute", now)
    assert "Heute</a>" in page(client, event)
    assert "Gestern</a>" not in page(client, event)
    assert "Gestern</a>" in page(client, event, "?tag=1")
    assert "Heute</a>" not in page(client, event, "?tag=1")
    whole = page(client, event, "?tag=alle")
    assert ("Gestern</a>" in whole, "Heute</a>" in whole) == (True, True)
    assert "Heute</a>" in page(client, event, "?tag=77")


def test_htmx_gets_the_days_alone(client: Client, event: Event) -> None:
    assert "<html" in page(client, event)
    assert "<html" not in page(client, event, **{"HX-Request": "true"})


def test_a_session_is_next_then_now_then_over(event: Event, add: Add) -> None:
    begin = datetime(2026, 7, 15, 9, tzinfo=UTC)
    session = add("Dialog", begin)
    with time_machine.travel(begin - timedelta(seconds=1), tick=False):
        assert event.now_and_next() == ([], [session])
        assert (session.is_running, session.is_past) == (False, False)
    with time_machine.travel(begin, tick=False):
        assert event.now_and_next() == ([session], [])
        assert (session.is_running, session.is_past) == (True, False)
    with time_machine.travel(begin + timedelta(hours=1), tick=False):
        assert event.now_and_next() == ([], [])
        assert (session.is_running, session.is_past) == (False, True)


def test_times_are_shown_in_the_events_zone(client: Client, event: Event, add: Add) -> None:
    event.time_zone = "America/New_York"
    event.save()
    add("Keynote", datetime(2026, 7, 15, 13, tzinfo=UTC))
    text = page(client, event)
    assert '<time datetime="2026-07-15T09:00:00-04:00">09:00</time>' in text
    assert 'data-zone="America/New_York"' in text


@pytest.mark.parametrize("count", [1, 3])
def test_the_programme_asks_as_often_for_one_session_as_for_three(
    client: Client,
    event: Event,
    now: datetime,
    add: Add,
    count: int,
    django_assert_num_queries: Any,
) -> None:
    speaker = Speaker.objects.create(event=event, name="Ada Beispiel")
    for number in range(count):
        add(f"s{number}", now).speakers.add(speaker)
    with django_assert_num_queries(5):
        page(client, event, **{"HX-Request": "true"})


def test_what_is_not_published_is_not_found(
    client: Client, event: Event, katrin: Person
) -> None:
    event.published_at = None
    event.save()
    path = reverse("programme", args=[event.slug])
    assert client.get(path).status_code == 404
    client.force_login(katrin)
    assert client.get(path).status_code == 200


def test_a_session_opens_its_chat_to_the_registered_only(
    client: Client, event: Event, now: datetime, add: Add, aylin: Person, olga: Person
) -> None:
    session = add("Keynote", now)
    assert client.get(session.get_absolute_url()).status_code == 200
    client.force_login(olga)
    assert client.get(session.get_absolute_url()).context["refusal"] is not None
    assert not session.room.memberships.exists()
    client.force_login(aylin)
    assert client.get(session.get_absolute_url()).context["refusal"] is None
    assert session.room.memberships.get().person == aylin


def test_who_speaks_keeps_the_room_and_who_organises_runs_it(
    event: Event, now: datetime, add: Add, aylin: Person, katrin: Person
) -> None:
    session = add("Keynote", now)
    session.speakers.add(Speaker.objects.create(event=event, name="Aylin", person=aylin))
    assert session.enter(aylin).role == Role.HOST
    assert session.enter(katrin).role == Role.MODERATOR


def test_sessions_know_their_neighbours_across_breaks(now: datetime, add: Add) -> None:
    first = add("Eins", now)
    add("Pause", now + timedelta(hours=1), kind=Session.Kind.BREAK)
    last = add("Zwei", now + timedelta(hours=2))
    assert (first.previous, first.next) == (None, last)
    assert (last.previous, last.next) == (first, None)


def test_the_foyer_is_for_the_registered(
    client: Client, event: Event, aylin: Person, olga: Person
) -> None:
    path = reverse("foyer", args=[event.slug])
    assert client.get(path).status_code == 302
    client.force_login(olga)
    response = client.get(path)
    assert response.status_code == 403
    assert reverse("register", args=[event.slug]) in response.text
    client.force_login(aylin)
    assert client.get(path).status_code == 200
    assert event.room.memberships.get().person == aylin


def test_organisers_enrol_people_once(event: Event, olga: Person) -> None:
    assert event.is_entered_by(olga) is False
    registration = event.enrol(olga)
    assert event.enrol(olga) == registration
    assert registration.consented_at is None
    assert event.is_entered_by(olga) is True


def test_recordings_are_linked_for_who_may_watch_them(
    client: Client, event: Event, now: datetime, add: Add, recording: Recording, aylin: Person
) -> None:
    recording.session = add("Dialog", now)
    recording.save()
    link = f'href="{recording.get_absolute_url()}"'
    assert link not in page(client, event)
    client.force_login(aylin)
    assert link in page(client, event)


@pytest.mark.parametrize("count", [2, 3])
def test_many_recordings_of_a_session_have_one_link(
    client: Client, event: Event, now: datetime, add: Add, katrin: Person, count: int
) -> None:
    session = add("Impulse", now, kind=Session.Kind.TALKS)
    for number in range(count):
        fields = {"slug": f"r{number}", "title": f"Impuls {number}"}
        event.recordings.create(session=session, available_from=now, **fields)
    client.force_login(katrin)
    text = page(client, event)
    assert text.count("Aufzeichnung: Impuls") == (2 if count == 2 else 0)
    assert ("Die 3 Aufzeichnungen ansehen" in text) == (count == 3)
