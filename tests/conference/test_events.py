import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from conference.models import Event, Forum, Person, Recording, Session
from conference.templatetags.event import days_in_words, phone

AddEvent = Callable[..., Event]


@pytest.fixture
def add_event(event: Event, now: datetime) -> AddEvent:
    def add(slug: str, days: int, **fields: Any) -> Event:
        """An event that begins in so many days and lasts one."""
        begin = now + timedelta(days=days)
        fields = {"title": slug.title(), "published_at": now, "ends_at": begin} | fields
        fields["ends_at"] += timedelta(days=1)
        return Event.objects.create(slug=slug, starts_at=begin, **fields)

    return add


def titles_in(text: str) -> list[str]:
    return re.findall(r'<h[13] lang="de"><a[^>]*>([^<]*)</a>', text)


def test_the_series_shows_what_is_on_then_what_comes_then_what_was(
    client: Client, event: Event, add_event: AddEvent
) -> None:
    add_event("danach", 90)
    add_event("bald", 30)
    add_event("gestern", -40)
    add_event("einst", -400)
    add_event("entwurf", 10, published_at=None)
    text = client.get("/").text
    assert titles_in(text) == ["Fachtag Quartier", "Bald", "Danach", "Gestern", "Einst"]


def test_without_an_event_ahead_the_archive_stays(
    client: Client, event: Event, now: datetime
) -> None:
    assert "Frühere Fachtage" not in client.get("/").text
    event.starts_at, event.ends_at = now - timedelta(days=3), now - timedelta(days=2)
    event.save()
    text = client.get("/").text
    assert "<h1>Fachtage</h1>" in text
    assert titles_in(text) == ["Fachtag Quartier"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_series_asks_as_often_for_one_event_as_for_three(
    client: Client,
    add_event: AddEvent,
    django_assert_num_queries: Callable[[int], Any],
    count: int,
) -> None:
    for number in range(count):
        add_event(f"kommt-{number}", 10 + number)
        add_event(f"war-{number}", -10 - number)
    with django_assert_num_queries(4):
        client.get("/")


def test_an_event_that_is_not_published_is_for_its_organisers(
    client: Client, event: Event, olga: Person, katrin: Person
) -> None:
    Event.objects.update(published_at=None)
    for path in [event.get_absolute_url(), f"{event.get_absolute_url()}termin.ics"]:
        client.force_login(olga)
        assert client.get(path).status_code == 404
        client.force_login(katrin)
        assert client.get(path).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_an_event_asks_as_often_for_one_session_as_for_three(
    client: Client,
    event: Event,
    now: datetime,
    django_assert_num_queries: Callable[[int], Any],
    count: int,
) -> None:
    for number in range(count):
        Forum.objects.create(event=event, number=number, title="Forum")
        begin = now + timedelta(hours=number)
        Session.objects.create(
            event=event,
            slug=f"s{number}",
            kind=Session.Kind.KEYNOTE,
            title="Vortrag",
            starts_at=begin,
            ends_at=begin + timedelta(hours=1),
        )
        Recording.objects.create(
            event=event, slug=f"r{number}", title="Film", available_from=now, public_from=now
        )
    with django_assert_num_queries(6):
        client.get(event.get_absolute_url())


def button_in(text: str) -> str:
    primary = re.search(r'<a class="kern-btn kern-btn--primary"[^>]*>(.*?)</a>', text)
    return re.sub(r"<[^>]*>", "", primary.group(1)) if primary else ""


def test_the_button_follows_the_events_life(
    client: Client, event: Event, now: datetime
) -> None:
    def button() -> str:
        event.save()
        return button_in(client.get(event.get_absolute_url()).text)

    event.starts_at, event.ends_at = now + timedelta(days=9), now + timedelta(days=10)
    event.registration_opens_at = event.registration_closes_at = None
    assert button() == "Zum Start der Anmeldung benachrichtigen"
    event.registration_opens_at = now + timedelta(days=1)
    assert button() == "Zum Start der Anmeldung benachrichtigen"
    event.registration_opens_at = now - timedelta(days=1)
    assert button() == "Jetzt anmelden"
    event.registration_closes_at = now
    assert button() == "Ich bin angemeldet: einloggen"
    event.starts_at, event.ends_at = now - timedelta(days=2), now - timedelta(days=1)
    assert button() == ""
    event.review = "Viel gelernt."
    assert button() == "Rückblick lesen"


def test_who_is_registered_is_let_in(client: Client, event: Event, aylin: Person) -> None:
    client.force_login(aylin)
    assert button_in(client.get(event.get_absolute_url()).text) == "Zur Veranstaltung eintreten"
    with time_machine.travel(event.starts_at - timedelta(days=1)):
        client.force_login(aylin)
        text = client.get(event.get_absolute_url()).text
        assert button_in(text) == "Zu meiner Veranstaltungsseite"


def test_the_review_stands_once_the_event_is_over(client: Client, event: Event) -> None:
    event.review = "## Ernte\n**Viel** gelernt."
    event.save()
    assert "Viel" not in client.get(event.get_absolute_url()).text
    with time_machine.travel(event.ends_at + timedelta(days=1)):
        text = client.get(event.get_absolute_url()).text
    assert "<h3>Ernte</h3>\n<p><strong>Viel</strong> gelernt.</p>" in text


def ways_in(text: str) -> list[tuple[str, str]]:
    nav = re.search(r'<nav class="event-nav".*?</nav>', text, re.DOTALL)
    assert nav
    links = re.findall(r'<a href="[^"]*"( aria-current="(\w+)")?>([^<]*)<', nav.group())
    return [(label, current) for _all, current, label in links]


def test_the_navigation_shows_what_is_open(
    client: Client, event: Event, aylin: Person, forum: Forum, round_one: Session
) -> None:
    path = f"{event.get_absolute_url()}programm/"
    assert ways_in(client.get(path).text) == [
        ("Überblick", ""),
        ("Programm", "page"),
        ("Markt der Möglichkeiten", ""),
        ("Foren", ""),
    ]
    Event.objects.update(market_opens_at=None)
    client.force_login(aylin)
    assert ways_in(client.get(f"{path}{round_one.slug}/").text) == [
        ("Überblick", ""),
        ("Foyer", ""),
        ("Programm", "true"),
        ("Foren", ""),
    ]


@pytest.mark.parametrize(
    ("first", "last", "german", "english"),
    [
        ((7, 15), (7, 17), "15. bis 17. Juli 2026", "July 15 to 17, 2026"),
        ((7, 15), (7, 15), "15. Juli 2026", "July 15, 2026"),
        ((7, 30), (8, 1), "30. Juli bis 1. August 2026", "July 30 to Aug. 1, 2026"),
    ],
)
def test_days_are_said_in_words(
    first: tuple[int, int], last: tuple[int, int], german: str, english: str
) -> None:
    event = Event(
        starts_at=datetime(2026, *first, 7, tzinfo=UTC),
        ends_at=datetime(2026, *last, 15, tzinfo=UTC),
    )
    with translation.override("de"):
        assert days_in_words(event) == german
    with translation.override("en"):
        assert days_in_words(event) == english


def test_a_turn_of_the_year_names_both_years() -> None:
    event = Event(
        starts_at=datetime(2026, 12, 30, 7, tzinfo=UTC),
        ends_at=datetime(2027, 1, 2, 7, tzinfo=UTC),
    )
    with translation.override("de"):
        assert days_in_words(event) == "30. Dezember 2026 bis 2. Januar 2027"


def test_a_telephone_number_becomes_an_address() -> None:
    assert phone("+49 (711) 123-45") == "+4971112345"
