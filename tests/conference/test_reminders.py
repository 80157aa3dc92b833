"""Reminders: once per person and event, at moments that follow from the event's."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from conference.models import Event, Mail, Person, Registration, Slot
from conference.models.reminder import remind, reminders_of
from conference.tasks import each_minute
from tests.cast import attendee

BERLIN = ZoneInfo("Europe/Berlin")
STARTS = datetime(2026, 7, 15, 9, 0, tzinfo=BERLIN)


@pytest.fixture(autouse=True)
def july(event: Event, aylin: Person) -> None:
    """The event lasts from 15 to 17 July; Aylin registered in June."""
    event.starts_at, event.ends_at = STARTS, STARTS + timedelta(days=2, hours=7)
    event.published_at = STARTS - timedelta(days=90)
    event.save()
    registered(aylin, STARTS - timedelta(days=30))


def registered(person: Person, at: datetime) -> None:
    Registration.objects.filter(person=person).update(confirmed_at=at)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 7, day, hour, minute, tzinfo=BERLIN)


def written() -> list[str]:
    return list(Mail.objects.order_by("pk").values_list("subject", flat=True))


def test_they_are_due_at_moments_that_follow_from_the_events(event: Event) -> None:
    moments = {one.template: (one.due_at, one.until) for one in reminders_of(event)}
    assert moments == {
        "reminder-week": (at(8, 9), at(14, 9)),
        "reminder-day": (at(14, 9), at(15, 7)),
        "reminder-morning": (at(15, 7), at(15, 9)),
    }
    event.starts_at = at(15, 7, 30)
    assert reminders_of(event)[2].due_at == at(15, 6, 30)


@pytest.mark.parametrize(
    ("moment", "subjects"),
    [
        (at(8, 8, 59), []),
        (at(8, 9), ["In einer Woche: Fachtag Quartier"]),
        (at(14, 8, 59), ["In einer Woche: Fachtag Quartier"]),
        (at(14, 9), ["Morgen: Fachtag Quartier"]),
        (at(15, 6, 59), ["Morgen: Fachtag Quartier"]),
        (at(15, 7), ["Heute: Fachtag Quartier"]),
        (at(15, 9), []),
        (at(16, 9), []),
    ],
)
def test_at_each_moment_what_is_due_is_written_once(
    moment: datetime, subjects: list[str]
) -> None:
    with time_machine.travel(moment, tick=False):
        remind(100)
        remind(100)
    assert written() == subjects


def test_minute_by_minute_each_reminder_reaches_each_person_once(
    gerd: Person, mailoutbox: list
) -> None:
    registered(gerd, STARTS - timedelta(days=3))
    for hours in range(24 * 10):
        with time_machine.travel(at(7, 0) + timedelta(hours=hours), tick=False):
            each_minute.enqueue()
    assert [(mail.to[0], mail.subject.partition(":")[0]) for mail in mailoutbox] == [
        ("aylin@example.org", "In einer Woche"),
        ("aylin@example.org", "Morgen"),
        ("gerd@example.org", "Morgen"),
        ("aylin@example.org", "Heute"),
        ("gerd@example.org", "Heute"),
    ]


def test_who_cancels_or_declines_or_is_not_confirmed_is_not_reminded(
    event: Event, gerd: Person, olga: Person, aylin: Person, mailoutbox: list
) -> None:
    event.enrol(olga)
    for person in (gerd, olga):
        registered(person, STARTS - timedelta(days=30))
    with time_machine.travel(at(14, 10), tick=False):
        remind(100)
        event.registrations.get(person=aylin).cancel()
        event.registrations.get(person=gerd).choose_mails(wanted=False)
        Registration.objects.filter(person=olga).update(confirmed_at=None)
        mailoutbox.clear()
        each_minute.enqueue()
    with time_machine.travel(at(15, 7), tick=False):
        each_minute.enqueue()
    assert [mail.to[0] for mail in mailoutbox if "Fachtag" in mail.subject] == [
        "aylin@example.org",  # that she is no longer registered
    ]
    assert Mail.objects.filter(recalled_at__isnull=False).count() == 3


@pytest.mark.parametrize(
    "change", [{"called_off_at": at(1, 9)}, {"published_at": None}], ids=str
)
def test_events_that_do_not_take_place_remind_nobody(change: dict[str, Any]) -> None:
    Event.objects.update(**change)
    with time_machine.travel(at(15, 7), tick=False):
        assert remind(100) == 0


def test_an_event_that_moves_reminds_anew(event: Event) -> None:
    with time_machine.travel(at(14, 9), tick=False):
        remind(100)
        event.refresh_from_db()
        event.move(1)
    with time_machine.travel(at(15, 9), tick=False):
        remind(100)
    assert written() == ["Morgen: Fachtag Quartier"] * 2


def test_on_the_morning_the_link_lets_in(
    client: Client, event: Event, mailoutbox: list
) -> None:
    with time_machine.travel(at(15, 7), tick=False):
        each_minute.enqueue()
        [mail] = mailoutbox
        link = next(line for line in mail.body.splitlines() if "/anmelden/link/" in line)
        assert client.post("/" + link.split("/", 3)[3]).url == event.entrance_path
    assert "heute um 09:00 Uhr beginnt" in mail.body


def test_a_reminder_names_the_place_and_where_to_go(
    event: Event, aylin: Person, slot: Slot
) -> None:
    slot.round.starts_at, slot.round.ends_at = at(16, 13), at(16, 14)
    slot.round.save()
    event.form, event.venue = Event.Form.ON_SITE, "Haus der Wirtschaft, Stuttgart"
    event.save()
    with time_machine.travel(at(8, 9), tick=False):
        slot.book(event.registrations.get(person=aylin))
        remind(100)
    text = Mail.objects.latest("pk").text
    assert "Ihr Forum: Quartiersarbeit im ländlichen Raum\nDonnerstag, 16. Juli 2026" in text
    assert "Ort: Haus der Wirtschaft, Stuttgart" in text


def test_a_week_before_who_has_a_place_is_asked_whether_they_come(
    event: Event, aylin: Person, slot: Slot, client: Client, mailoutbox: list
) -> None:
    slot.round.starts_at, slot.round.ends_at = at(16, 13), at(16, 14)
    slot.round.save()
    with time_machine.travel(at(8, 9), tick=False):
        slot.book(event.registrations.get(person=aylin))
        mailoutbox.clear()
        each_minute.enqueue()
        mail = next(mail for mail in mailoutbox if "In einer Woche" in mail.subject)
        link = next(line for line in mail.body.splitlines() if "/anmelden/link/" in line)
        page = client.post("/" + link.split("/", 3)[3], follow=True)
    assert "Kommen Sie?" in mail.body
    assert page.redirect_chain[-1][0] == reverse("registration", args=[event.slug])
    assert "Ich komme" in page.text


def test_so_many_a_minute_and_the_rest_later(event: Event) -> None:
    for number in range(5):
        registered(attendee(event, f"p{number}@example.org", "P"), STARTS - timedelta(days=9))
    with time_machine.travel(at(8, 9), tick=False):
        assert [remind(4), remind(4), remind(4)] == [4, 2, 0]


@pytest.mark.parametrize("count", [1, 3])
def test_nothing_due_costs_two_queries(
    event: Event, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        registered(attendee(event, f"p{number}@example.org", "P"), STARTS - timedelta(days=9))
    with time_machine.travel(at(8, 9), tick=False):
        remind(100)
        with django_assert_num_queries(2):  # events, and who is not yet reminded
            assert remind(100) == 0


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_of_several_workers_at_the_same_moment_one_reminds(event: Event) -> None:
    for number in range(5):
        registered(attendee(event, f"p{number}@example.org", "P"), STARTS - timedelta(days=9))

    def work(_number: int) -> None:
        try:
            remind(100)
        finally:
            connection.close()

    with time_machine.travel(at(8, 9), tick=False), ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert Mail.objects.count() == 6


# -- no more mails


def test_mail_programs_and_people_can_end_the_mails_without_logging_in(
    event: Event, aylin: Person, mailoutbox: list
) -> None:
    with time_machine.travel(at(8, 9), tick=False):
        each_minute.enqueue()
    [mail] = mailoutbox
    address = mail.extra_headers["List-Unsubscribe"].strip("<>")
    assert mail.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert address in mail.body
    path = "/" + address.split("/", 3)[3]
    registration = event.registrations.get(person=aylin)
    program = Client(enforce_csrf_checks=True)
    assert program.get(path).status_code == 200
    registration.refresh_from_db()
    assert registration.declined_mails_at is None  # a scanner follows links
    answer = program.post(path, {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, "Sie erhalten keine weiteren E-Mails" in answer.text) == (
        200,
        True,
    )
    registration.refresh_from_db()
    assert registration.declined_mails_at is not None
    program.post(path, {"wanted": "1"})
    registration.refresh_from_db()
    assert registration.declined_mails_at is None
    assert program.post(path[:-3] + "xx/").status_code == 404
    registration.cancel()
    assert program.post(path).url == event.get_absolute_url()
