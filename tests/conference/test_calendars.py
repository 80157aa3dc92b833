"""Calendars as files and as a subscription, read back by icalendar's own parser."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conference.calendar import as_text, one_line, place_entry_of, plain, session_entry
from conference.models import Event, Person, Place, Session, Slot


def entries(text: str) -> list[icalendar.Event]:
    """As a strict reader takes them: CRLF at each line's end, 75 octets at most."""
    lines = text.split("\r\n")
    assert lines[-1] == ""
    assert not any("\n" in line or "\r" in line for line in lines)
    assert max(len(line.encode()) for line in lines) <= 75
    calendar = icalendar.Calendar.from_ical(text)
    assert calendar.errors == []
    assert [error for event in calendar.events for error in event.errors] == []
    return calendar.events


def only(response: HttpResponse) -> icalendar.Event:
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    [entry] = entries(response.content.decode())
    return entry


@pytest.fixture
def path(event: Event, round_one: Session) -> str:
    return reverse("session_calendar", args=[event.slug, round_one.slug])


def test_an_event_stands_with_zone_place_and_escaped_texts(
    client: Client, event: Event
) -> None:
    event.title, event.subtitle = "Quartier, Dorf; Stadt", "Eins\r\nZwei \\ drei"
    event.form, event.venue = "on_site", "Bad Boll"
    event.starts_at = datetime(2026, 7, 15, 7, tzinfo=UTC)
    event.ends_at = datetime(2026, 7, 17, 13, tzinfo=UTC)
    with time_machine.travel(datetime(2027, 7, 1, 12, tzinfo=UTC), tick=False):
        event.save()
    Event.objects.update(published_at=event.starts_at - timedelta(days=90))
    answer = client.get(reverse("calendar", args=[event.slug]))
    assert answer["Content-Disposition"] == 'attachment; filename="quartier.ics"'
    text = answer.text
    assert "SUMMARY:Quartier\\, Dorf\\; Stadt\r\n" in text
    assert "DTSTART;TZID=Europe/Berlin:20260715T090000\r\n" in text
    assert text.count("BEGIN:VTIMEZONE") == 1
    assert "DTSTAMP:20270701T120000Z" in text
    entry = only(answer)
    assert str(entry["uid"]) == f"event-{event.pk}@127.0.0.1"
    assert (entry.start, entry.end) == (event.starts_at, event.ends_at)
    url = f"http://127.0.0.1:8000{event.get_absolute_url()}"
    assert str(entry["description"]) == f"Eins\nZwei \\ drei\n\n{url}"
    assert (str(entry["location"]), str(entry["status"])) == ("Bad Boll", "CONFIRMED")


def test_changes_raise_the_sequence_and_nothing_else_does(
    client: Client, round_one: Session, path: str
) -> None:
    first = only(client.get(path))
    round_one.save()
    assert only(client.get(path))["sequence"] == first["sequence"]
    sequences = [first["sequence"]]
    for change in range(3):  # even within one second
        round_one.title = f"Anders {change}"
        round_one.save(update_fields=["title"])
        sequences.append(only(client.get(path))["sequence"])
    assert sequences == sorted(set(sequences))
    assert only(client.get(path))["uid"] == first["uid"]


def test_what_is_called_off_comes_as_cancelled(
    client: Client, event: Event, round_one: Session, path: str, now: datetime
) -> None:
    before = only(client.get(path))["sequence"]
    round_one.called_off_at = now
    round_one.save()
    entry = only(client.get(path))
    assert (str(entry["status"]), entry["sequence"] > before) == ("CANCELLED", True)
    round_one.called_off_at = None
    round_one.save()
    event.called_off_at = now
    event.save()
    assert str(only(client.get(path))["status"]) == "CANCELLED"
    assert only(client.get(path))["sequence"] > entry["sequence"]


def test_a_known_calendar_is_not_sent_again(client: Client, path: str, now: datetime) -> None:
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    Session.objects.update(changed_at=now + timedelta(hours=1))
    assert client.get(path, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_sessions_of_what_is_not_published_have_none(
    client: Client, olga: Person, katrin: Person, path: str
) -> None:
    Event.objects.update(published_at=None)
    client.force_login(olga)
    assert client.get(path).status_code == 404
    client.force_login(katrin)
    assert client.get(path).status_code == 200


# -- my programme


@pytest.fixture
def keynote(event: Event, now: datetime) -> Session:
    return Session.objects.create(
        event=event,
        slug="keynote",
        kind=Session.Kind.KEYNOTE,
        title="Quartier 2030",
        starts_at=now + timedelta(hours=2),
        ends_at=now + timedelta(hours=3),
    )


def test_one_marks_sessions_and_takes_them_out_again(
    client: Client, event: Event, aylin: Person, keynote: Session
) -> None:
    client.force_login(aylin)
    mark, end = (reverse(route, args=[event.slug, "keynote"]) for route in ("mark", "mark_end"))
    for _time in range(2):
        assert client.post(mark).url == keynote.get_absolute_url()
    assert list(Session.objects.marked_by(aylin)) == [keynote]
    assert "Aus meinem Programm nehmen" in client.get(keynote.get_absolute_url()).text
    client.post(end)
    assert list(Session.objects.marked_by(aylin)) == []


def test_strangers_mark_nothing(client: Client, event: Event, keynote: Session) -> None:
    path = reverse("mark", args=[event.slug, "keynote"])
    assert client.post(path).url == f"{reverse('login')}?next={path}"
    assert client.get(path).status_code in (302, 405)


def test_my_programme_has_my_places_and_what_i_marked(
    client: Client, event: Event, aylin: Person, gerd: Person, slot: Slot, keynote: Session
) -> None:
    slot.book(aylin.registrations.get())
    keynote.mark_for(aylin)
    client.force_login(aylin)
    path = reverse("my_calendar", args=[event.slug])
    found = entries(client.get(path).text)
    assert [str(entry["summary"]) for entry in found] == [str(slot.forum), "Quartier 2030"]
    assert found[0].alarms.times[0].trigger == found[0].start - timedelta(minutes=15)
    client.force_login(gerd)
    assert entries(client.get(path).text) == []


def test_a_place_given_back_can_be_told_as_cancelled(
    aylin: Person, slot: Slot, now: datetime
) -> None:
    place = slot.book(aylin.registrations.get())
    place = Place.objects.select_related("slot__forum__event", "slot__round__event").get()
    [given] = entries(place_entry_of(place))
    [back] = entries(place_entry_of(place, given_back_at=now + timedelta(minutes=1)))
    assert (given["uid"], str(given["status"])) == (back["uid"], "CONFIRMED")
    assert (str(back["status"]), back["sequence"] > given["sequence"]) == ("CANCELLED", True)


def test_the_subscription_needs_no_login_and_its_address_can_be_renewed(
    client: Client, event: Event, aylin: Person, gerd: Person, keynote: Session
) -> None:
    keynote.mark_for(aylin)
    path = aylin.calendar_path
    assert [str(e["summary"]) for e in entries(client.get(path).text)] == ["Quartier 2030"]
    assert client.get(path)["Cache-Control"] == "private, no-cache"
    assert entries(client.get(gerd.calendar_path).text) == []
    assert client.get(path.replace(".", "x", 1)).status_code == 404

    client.force_login(aylin)
    client.post(reverse("calendar_renew", args=[event.slug]))
    client.logout()
    aylin.refresh_from_db()
    assert aylin.calendar_path != path
    assert client.get(path).status_code == 404
    assert client.get(aylin.calendar_path).status_code == 200
    Person.objects.filter(pk=aylin.pk).update(is_active=False)
    assert client.get(aylin.calendar_path).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_a_subscription_asks_as_often_for_one_session_as_for_three(
    client: Client,
    event: Event,
    aylin: Person,
    now: datetime,
    count: int,
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    for number in range(count):
        Session.objects.create(
            event=event,
            slug=f"s{number}",
            kind=Session.Kind.KEYNOTE,
            title="Vortrag",
            starts_at=now + timedelta(hours=number),
            ends_at=now + timedelta(hours=number + 1),
        ).mark_for(aylin)
    with django_assert_num_queries(3):
        assert len(entries(client.get(aylin.calendar_path).text)) == count


# -- whatever organisers write


@given(
    title=st.text(min_size=1, max_size=200),
    abstract=st.text(max_size=600),
    seconds=st.integers(0, 38 * 365 * 86_400),
    zone=st.sampled_from(["Europe/Berlin", "America/St_Johns", "UTC", "Asia/Kathmandu"]),
)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_every_text_and_time_comes_back_as_it_went(
    title: str, abstract: str, seconds: int, zone: str
) -> None:
    starts_at = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    event = Event(pk=1, slug="q", time_zone=zone, starts_at=starts_at, changed_at=starts_at)
    session = Session(
        pk=1,
        event=event,
        slug="s",
        title=title,
        abstract=abstract,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        changed_at=starts_at,
    )
    [entry] = entries(as_text([session_entry(session)], name=title))
    assert str(entry["summary"]) == one_line(title)
    url = f"http://127.0.0.1:8000{session.get_absolute_url()}"
    assert str(entry["description"]).removesuffix(url).rstrip("\n") == plain(abstract).rstrip(
        "\n"
    )
    assert entry.start == session.starts_at
    assert entry.end == session.ends_at
