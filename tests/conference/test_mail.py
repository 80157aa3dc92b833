from datetime import timedelta
from smtplib import SMTPServerDisconnected
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from django.core.mail.backends.locmem import EmailBackend

from chat import clock
from conference.calendar import entry_of
from conference.models import Event, Mail, Person, Registration
from conference.models.mail import paragraphs
from conference.tasks import each_minute, each_night

NO_SERVER = patch.object(EmailBackend, "send_messages", side_effect=ConnectionRefusedError(111))


def test_a_mail_is_sent_after_commit_in_both_forms(
    event: Event, aylin: Person, django_capture_on_commit_callbacks: Any, mailoutbox: list
) -> None:
    event.contact_email = "hilfe@example.org"
    with django_capture_on_commit_callbacks(execute=True):
        Mail.write(aylin, "cancelled", event=event)
        assert mailoutbox == []
    [mail] = mailoutbox
    assert mail.to == [aylin.email]
    assert mail.reply_to == ["hilfe@example.org"]
    assert mail.extra_headers == {
        "Auto-Submitted": "auto-generated",
        "Content-Language": "de",
        "Message-ID": Mail.objects.get().message_id,
    }
    assert mail.subject == "Sie sind nicht mehr angemeldet: " + event.title
    assert mail.body.startswith(f"Guten Tag {aylin.name},\n\n")
    [html] = mail.alternatives
    assert html.mimetype == "text/html"
    assert '<html lang="de">' in html.content


def test_a_mail_with_a_key_is_written_once(
    aylin: Person, event: Event, django_capture_on_commit_callbacks: Any, mailoutbox: list
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        first = Mail.write(aylin, "cancelled", event=event, key="cancelled:1")
        again = Mail.write(aylin, "cancelled", event=event, key="cancelled:1")
    assert first == again
    assert len(mailoutbox) == 1


def test_a_mail_goes_out_once(aylin: Person, event: Event, mailoutbox: list) -> None:
    mail = Mail.write(aylin, "cancelled", event=event)
    assert [mail.send(), mail.send()] == [True, False]
    assert len(mailoutbox) == 1


def test_trouble_with_the_server_breaks_nothing_and_is_tried_again(
    event: Event,
    client: Any,
    django_capture_on_commit_callbacks: Any,
    mailoutbox: list,
) -> None:
    with NO_SERVER, django_capture_on_commit_callbacks(execute=True):
        response = client.post("/anmelden/", {"email": "somebody@example.org"})
    assert response.status_code == 302
    mail = Mail.objects.get()
    assert (mail.sent_at, mail.error) == (None, "ConnectionRefusedError: 111")

    each_minute.enqueue()
    assert mailoutbox == []  # tried a moment ago
    with time_machine.travel(clock.now() + timedelta(minutes=6)):
        each_minute.enqueue()
    assert len(mailoutbox) == 1
    mail.refresh_from_db()
    assert mail.error == ""


def test_one_bad_mail_does_not_hold_up_the_others(
    event: Event, aylin: Person, gerd: Person, mailoutbox: list
) -> None:
    bad = Mail.write(aylin, "cancelled", event=event)
    Mail.objects.filter(pk=bad.pk).update(subject="two\nlines")
    Mail.write(gerd, "cancelled", event=event)
    each_minute.enqueue()
    assert [mail.to for mail in mailoutbox] == [[gerd.email]]
    bad.refresh_from_db()
    assert bad.error.startswith("ValueError: Header values")
    assert bad.given_up_at is not None


def test_old_mails_are_forgotten(event: Event, aylin: Person) -> None:
    Mail.write(aylin, "cancelled", event=event).send()
    with time_machine.travel(clock.now() + timedelta(days=29)):
        each_night.enqueue()
        assert Mail.objects.count() == 1
    with time_machine.travel(clock.now() + timedelta(days=31)):
        each_night.enqueue()
    assert not Mail.objects.exists()


def test_a_broken_connection_counts_as_trouble(event: Event, aylin: Person) -> None:
    mail = Mail.write(aylin, "cancelled", event=event)
    with patch.object(EmailBackend, "send_messages", side_effect=SMTPServerDisconnected("x")):
        assert mail.send() is False


def test_people_are_written_to_in_their_language(event: Event, aylin: Person) -> None:
    aylin.language = "en"
    mail = Mail.write(aylin, "cancelled", event=event)
    assert mail.subject == "You are no longer registered: " + event.title
    assert '<html lang="en">' in mail.html
    assert Mail.write("x@example.org", "unknown", language="en").language == "en"


def test_names_cannot_bring_markup_or_headers_into_a_mail(event: Event, aylin: Person) -> None:
    aylin.name = '<img src=x onerror=alert(1)> & "Co"'
    event.title = "Tag\r\nBcc: all@example.org"
    mail = Mail.write(aylin, "cancelled", event=event)
    assert "<img" not in mail.html
    assert "&lt;img src=x" in mail.html
    assert '<img src=x onerror=alert(1)> & "Co"' in mail.text
    assert mail.subject == "Sie sind nicht mehr angemeldet: Tag Bcc: all@example.org"
    message = mail.as_message().message()
    assert message["Bcc"] is None
    assert message["To"] == aylin.email


def test_mails_to_unproven_addresses_carry_nothing_that_a_stranger_typed(event: Event) -> None:
    Registration.request(
        event,
        "victim@example.org",
        name="WIN www.evil.example",
        organisation="evil.example",
        place="evil.example",
        language="de",
    )
    mail = Mail.objects.get()
    assert "evil" not in mail.subject + mail.text + mail.html


def test_the_welcome_names_days_way_in_and_help(event: Event, aylin: Person) -> None:
    event.contact_email = "hilfe@example.org"
    Registration.objects.filter(person=aylin, event=event).update(confirmed_at=None)
    registration = Registration.objects.get(person=aylin, event=event)
    registration.event = event
    registration.confirm()
    registration.confirm()
    mail = Mail.objects.get()
    local = event.starts_at.astimezone(event.zone)
    assert f"{local:%H:%M}" in mail.text
    assert f"{local:%Y}" in mail.text
    assert "/anmelden/link/" in mail.text
    assert "hilfe@example.org" in mail.text
    assert mail.html.count('class="button"') == 1
    assert mail.calendar == entry_of(event)


def test_the_first_link_is_the_button_where_no_other_is(event: Event, aylin: Person) -> None:
    html = Mail.write(aylin, "cancelled", event=event).html
    assert html.count('class="button"') == 1
    button = html.partition('class="button"')[2]
    assert f'href="http://127.0.0.1:8000{event.get_absolute_url()}"' in button


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One.\n\n\nTwo\nlines.", [{"text": "One."}, {"text": "Two\nlines."}]),
        ("Go in:\nhttps://x.org/a", [{"text": "Go in", "url": "https://x.org/a"}]),
        ("https://x.org/a", [{"text": "", "url": "https://x.org/a"}]),
        ("See\nhttps://x.org/a there", [{"text": "See\nhttps://x.org/a there"}]),
    ],
)
def test_a_paragraph_that_ends_in_an_address_becomes_a_link(
    text: str, parts: list[dict[str, str]]
) -> None:
    assert paragraphs(text) == parts
