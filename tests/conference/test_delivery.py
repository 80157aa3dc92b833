"""Mails on their way, against a mail server that talks SMTP and at times does not."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from chat import clock
from conference.models import Event, LoginLink, Mail, Person
from conference.models.mail import PAUSES
from conference.tasks import each_minute, send_mails
from tests.smtp import Mailbox, mail_server, mailers


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    with mail_server() as mailbox:
        settings.MAILERS = mailers(mailbox)
        yield mailbox


def fresh(mail: Mail) -> Mail:
    return Mail.objects.get(pk=mail.pk)


def test_a_mail_arrives_with_both_texts_and_its_calendar(
    event: Event, aylin: Person, mailbox: Mailbox
) -> None:
    calendar = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
    mail = Mail.write(aylin, "cancelled", event=event, calendar=calendar)
    assert mail.send() is True
    [message] = mailbox.mails
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == mail.message_id
    assert message["Reply-To"] == "fachtag@example.org"
    assert message["List-Unsubscribe"] is None
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    [attachment] = message.iter_attachments()
    assert attachment.get_filename() == "quartier.ics"
    assert attachment.get_content().splitlines() == calendar.splitlines()


def test_an_address_that_is_refused_is_given_up_at_once_in_the_servers_words(
    event: Event, aylin: Person, mailbox: Mailbox
) -> None:
    mailbox.answers[aylin.email] = "550 5.1.1 no such mailbox"
    mail = Mail.write(aylin, "cancelled", event=event)
    assert mail.send() is False
    mail = fresh(mail)
    assert mail.error == "550 5.1.1 no such mailbox"
    assert mail.given_up_at is not None
    assert mail.next_try_at is None


def test_what_is_refused_for_now_is_tried_again_after_growing_pauses(
    event: Event, aylin: Person, mailbox: Mailbox
) -> None:
    mailbox.answers[aylin.email] = "451 4.7.1 later, please"
    mail = Mail.write(aylin, "cancelled", event=event)
    start, waited = clock.now(), []
    while fresh(mail).given_up_at is None:
        due_at = fresh(mail).next_try_at
        waited.append(due_at - start)
        with time_machine.travel(due_at + timedelta(seconds=1), tick=False):
            start = clock.now()
            assert fresh(mail).send() is False
            assert fresh(mail).send() is False  # the pause has begun
    assert [round(pause / timedelta(minutes=1)) for pause in waited[1:]] == [
        pause // timedelta(minutes=1) for pause in PAUSES[:-1]
    ]
    assert (fresh(mail).tries, len(mailbox.tried)) == (len(PAUSES), len(PAUSES))
    assert fresh(mail).error == "451 4.7.1 later, please"


def test_a_second_try_is_the_same_mail_with_a_way_in_that_works(
    event: Event, aylin: Person, mailbox: Mailbox, client: Client
) -> None:
    mail = Mail.write(aylin, "welcome", event=event, way_in="entrance")
    assert "/anmelden/link/persoenlich/" in mail.text
    assert LoginLink.objects.count() == 0
    mail.send()
    # The worker was killed before it could write down that the mail had been taken.
    Mail.objects.update(sent_at=None, next_try_at=clock.now())
    fresh(mail).send()
    first, second = mailbox.mails
    assert first["Message-ID"] == second["Message-ID"]
    for message in (first, second):
        text = message.get_body(("plain",)).get_content()
        link = next(line for line in text.splitlines() if "/anmelden/link/" in line)
        html = message.get_body(("html",)).get_content()
        assert (html.count(link), "persoenlich" in text + html) == (1, False)
        path = "/" + link.split("/", 3)[3]
        assert Client().post(path).url == event.entrance_path
        assert path.split("/")[-2] not in str(Mail.objects.values().get())


def test_many_mails_go_over_one_connection_at_most_so_many_a_minute(
    event: Event, mailbox: Mailbox, settings: Any
) -> None:
    settings.MAILS_PER_MINUTE = 5
    for number in range(12):
        Mail.write(f"person{number}@example.org", "unknown")
    mailbox.answers["person2@example.org"] = "550 no"
    numbers = []
    for _minute in range(4):
        send_mails.enqueue()
        numbers.append((mailbox.connections, len(mailbox.mails)))
    # A refusal costs the connection, and nobody else their mail.
    assert numbers == [(2, 4), (3, 9), (4, 11), (4, 11)]


def test_a_server_that_is_away_is_asked_once_a_round(
    event: Event, mailbox: Mailbox, settings: Any
) -> None:
    for number in range(3):
        Mail.write(f"person{number}@example.org", "unknown")
    mailbox.hangs = True
    settings.MAILERS = mailers(mailbox, timeout=0.2)
    send_mails.enqueue()
    assert mailbox.connections == 1
    assert sorted(Mail.objects.values_list("tries", flat=True)) == [0, 0, 1]


def test_a_mail_that_somebody_lost_is_sent_again_as_a_new_one(
    event: Event, aylin: Person, mailbox: Mailbox, django_capture_on_commit_callbacks: Any
) -> None:
    mail = Mail.write(aylin, "cancelled", event=event)
    mail.send()
    Person.objects.filter(pk=aylin.pk).update(email="neu@example.org")
    with django_capture_on_commit_callbacks(execute=True):
        fresh(mail).send_again()
    assert mailbox.recipients == ["aylin@example.org", "neu@example.org"]
    assert len({message["Message-ID"] for message in mailbox.mails}) == 2
    assert fresh(mail).sent_at is not None


def test_who_cancelled_meanwhile_gets_no_way_in(
    event: Event, aylin: Person, mailbox: Mailbox
) -> None:
    mail = Mail.write(aylin, "welcome", event=event, way_in="entrance")
    event.registrations.get(person=aylin).cancel()
    each_minute.enqueue()
    assert [message["Subject"] for message in mailbox.mails] == [
        f"Sie sind nicht mehr angemeldet: {event.title}"
    ]
    assert fresh(mail).recalled_at is not None
    assert LoginLink.objects.count() == 0
    fresh(mail).send_again()
    assert fresh(mail).next_try_at is None


@pytest.mark.django_db(transaction=True)
def test_a_mail_server_that_hangs_holds_up_no_answer(
    client: Client, mailbox: Mailbox, settings: Any, event: Event
) -> None:
    mailbox.hangs = True
    settings.MAILERS = mailers(mailbox, timeout=10)
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    start = time.monotonic()
    assert client.post("/anmelden/", {"email": "somebody@example.org"}).status_code == 302
    assert time.monotonic() - start < 2
    assert mailbox.connections == 0
    assert Mail.objects.due().count() == 1
