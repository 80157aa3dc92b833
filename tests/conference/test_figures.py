"""The event in numbers, for those who run it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from conference.figures import (
    HEIGHT,
    checks_of,
    counts_of,
    over_time,
    slots_of,
    watching_of,
)
from conference.models import Event, Forum, Person, Recording, Session, Slot, TechCheck


@pytest.fixture
def path(event: Event) -> str:
    return reverse("figures", args=[event.slug])


def enrol(event: Event, address: str, at: datetime) -> Person:
    person = Person.objects.create_user(address, name=address)
    event.enrol(person)
    event.registrations.filter(person=person).update(registered_at=at)
    return person


def test_registrations_are_counted_by_the_events_own_days(event: Event) -> None:
    assert over_time(event) == []
    late = event.at(-3, 23, 30)  # in UTC it is the same day, in summer or in winter
    for number, at in enumerate([late, late + timedelta(hours=1), event.at(-1, 12)]):
        enrol(event, f"p{number}@example.org", at)
    event.registrations.create(
        person=Person.objects.create_user("x@example.org"), registered_at=late
    )
    bars = over_time(event)
    assert [(bar.count, bar.total) for bar in bars] == [(1, 1), (1, 2), (1, 3)]
    assert bars[0].first == late.date()
    assert [bar.height for bar in bars] == [HEIGHT] * 3


def test_over_a_long_time_weeks_are_counted(event: Event) -> None:
    enrol(event, "a@example.org", event.at(-400, 12))
    enrol(event, "b@example.org", event.at(-1, 12))
    bars = over_time(event)
    assert {bar.days for bar in bars} == {7}
    assert (len(bars), bars[-1].total) == (58, 2)


def test_places_and_those_who_wait_are_counted_by_slot(
    event: Event, aylin: Person, gerd: Person, slot: Slot
) -> None:
    Slot.objects.filter(pk=slot.pk).update(capacity=1)
    slot.refresh_from_db()
    slot.book(aylin.registrations.get())
    slot.wait(gerd.registrations.get())
    [counted] = slots_of(event)
    assert (counted.taken, counted.capacity, counted.waiting) == (1, 1, 1)
    assert counts_of(event)["placed"] == 1


def test_needs_and_checks_are_counted(event: Event, aylin: Person, gerd: Person) -> None:
    aylin.registrations.update(needs_captions=True, other_needs="Leichte Sprache")
    TechCheck.objects.create(event=event, person=aylin, sound="no", live="polling")
    TechCheck.objects.create(event=event, person=gerd, sound="yes", live="socket")
    counts, checks = counts_of(event), checks_of(event)
    assert [counts[name] for name in ("confirmed", "sign_language", "captions", "other")] == [
        *(2, 0, 1, 1)
    ]
    assert [checks[name] for name in ("all", "sound", "video", "polling", "none")] == [
        *(2, 1, 0, 1, 0)
    ]


def test_they_are_for_those_who_run_the_event(
    path: str, client: Client, aylin: Person, petra: Person, katrin: Person
) -> None:
    assert client.get(path).url == f"{reverse('login')}?next={path}"
    for person, status in [(aylin, 403), (petra, 403), (katrin, 200)]:
        client.force_login(person)
        assert client.get(path).status_code == status


def test_the_plot_says_in_words_and_as_a_table_what_it_shows(
    path: str, client: Client, event: Event, aylin: Person, katrin: Person
) -> None:
    client.force_login(katrin)
    text = client.get(path).text
    assert text.count('class="plot__bar"') == 1
    assert 'role="img" aria-labelledby="verlauf" aria-describedby="verlauf-text"' in text
    assert ": insgesamt 1 Anmeldung." in text
    assert "style=" not in text


@pytest.mark.parametrize("count", [1, 3])
def test_numbers_ask_as_often_for_one_as_for_three(
    path: str,
    client: Client,
    event: Event,
    katrin: Person,
    round_one: Session,
    count: int,
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    for number in range(count):
        forum = Forum.objects.create(event=event, number=number, title="Forum")
        Slot.objects.create(forum=forum, round=round_one)
        enrol(event, f"p{number}@example.org", event.at(-number, 12))
    client.force_login(katrin)
    client.get(path)
    with django_assert_num_queries(16):
        client.get(path)


def test_watching_is_told_of_five_people_and_more(event: Event, recording: Recording) -> None:
    recording.duration = timedelta(minutes=10)
    recording.save()
    people = [Person.objects.create_user(f"p{n}@example.org", name="P") for n in range(6)]
    for person in people[:4]:
        recording.stopped_by(person, 10)
    [few] = watching_of(event)
    assert (few.people, few.minutes, few.most_stop, few.columns) == (None, None, None, [])
    for person in people[4:]:
        recording.stopped_by(person, 10)
    for person in people[:5]:
        for seconds in (55, 65, 75, 500, 130):  # plays on, then jumps to and fro
            recording.stopped_by(person, seconds)
    [many] = watching_of(event)
    assert (many.people, many.minutes, many.finished) == (6, 11, None)
    assert (many.most_stop, many.stopped) == (3, 5)
    assert [(one.number, one.count) for one in many.columns] == [(1, 6), (2, 5)]


def test_who_watched_to_the_end_did_not_stop(event: Event, recording: Recording) -> None:
    recording.duration = timedelta(minutes=10)
    recording.save()
    for number in range(5):
        person = Person.objects.create_user(f"p{number}@example.org", name="P")
        recording.stopped_by(person, 599)
    [one] = watching_of(event)
    assert (one.finished, one.most_stop) == (5, None)
