"""Save the date: who leaves an address is told, once, when registration opens."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from chat import clock
from conference.models import Event, Interest, Mail, Person
from conference.tasks import each_minute
from tests.conference.test_registrations import post  # noqa: F401

Post = Callable[..., HttpResponse]


@pytest.fixture
def announced(event: Event) -> Event:
    """In a month; registration opens tomorrow."""
    now = clock.now()
    event.starts_at, event.ends_at = now + timedelta(days=30), now + timedelta(days=32)
    event.registration_opens_at = now.replace(microsecond=0) + timedelta(days=1)
    event.registration_closes_at = now + timedelta(days=20)
    event.save()
    return event


@pytest.fixture
def leave(announced: Event, post: Post) -> Post:  # noqa: F811
    def leave(address: str) -> HttpResponse:
        return post(reverse("interest", args=[announced.slug]), {"email": address})

    return leave


def way_out_in(text: object) -> str:
    found = re.search(r"https?://[^/]+(/veranstaltungen/[^/]+/vormerken/\S+)", str(text))
    assert found
    return found[1]


def test_an_address_in_any_spelling_is_noted_once_and_answered_by_mail(
    announced: Event, leave: Post, mailoutbox: list
) -> None:
    assert leave(" Maria@Example.org").url == reverse("check_mail")
    assert leave("maria@example.org").url == reverse("check_mail")
    assert Interest.objects.get().email == "maria@example.org"
    subject = f"Wir sagen Ihnen Bescheid: {announced}"
    assert [mail.subject for mail in mailoutbox] == [subject] * 2
    assert way_out_in(mailoutbox[0].body) == way_out_in(mailoutbox[1].body)


def test_who_is_registered_or_noted_already_cannot_be_found_out(
    aylin: Person, leave: Post, client: Client
) -> None:
    def answer(address: str) -> tuple[int, str, str]:
        response = leave(address)
        text = re.sub(r'value="\w{64}"', "", client.get(response.url).text)
        return response.status_code, response.url, text.replace(address, "…")

    assert answer(aylin.email) == answer("nobody.here@example.org") == answer(aylin.email)


def test_a_slip_is_named_and_what_was_typed_stays(leave: Post) -> None:
    response = leave("maria@")
    assert response.status_code == 422
    assert 'value="maria@"' in response.text
    assert not Interest.objects.exists()


def test_all_are_told_once_at_the_second_and_forgotten_then(
    announced: Event, leave: Post, mailoutbox: list, django_capture_on_commit_callbacks: Any
) -> None:
    leave("maria@example.org")
    leave("josef@example.org")
    mailoutbox.clear()
    opens = announced.registration_opens_at
    assert opens
    told = []
    for seconds in (-1, 0, 1):
        with (
            time_machine.travel(opens + timedelta(seconds=seconds), tick=False),
            django_capture_on_commit_callbacks(execute=True),
        ):
            each_minute.enqueue()
        told.append([mail.to for mail in mailoutbox])
    both = [["maria@example.org"], ["josef@example.org"]]
    assert told == [[], both, both]
    assert mailoutbox[0].subject == f"Die Anmeldung ist geöffnet: {announced}"
    assert reverse("register", args=[announced.slug]) in mailoutbox[0].body
    assert not Interest.objects.exists()


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_of_many_who_tell_at_once_one_does(announced: Event) -> None:
    Interest.objects.create(event=announced, email="maria@example.org")
    Event.objects.update(registration_opens_at=clock.now())

    def tell(_number: int) -> int:
        try:
            return Interest.objects.tell(10)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(tell, range(6))) == 1
    assert Mail.objects.count() == 1


def test_the_link_in_the_mail_asks_first_and_then_deletes(
    announced: Event, leave: Post, client: Client, mailoutbox: list
) -> None:
    leave("maria@example.org")
    path = way_out_in(mailoutbox[0].body)
    assert client.get(path).status_code == 200
    assert Interest.objects.count() == 1
    for _time in range(2):
        assert client.post(path).url == reverse("event", args=[announced.slug])
    assert not Interest.objects.exists()
    assert client.post(path[:-2] + "/").status_code == 404


def test_before_it_is_announced_and_after_it_opens_nobody_is_noted(
    announced: Event, leave: Post, client: Client
) -> None:
    Event.objects.update(published_at=None)
    assert leave("maria@example.org").status_code == 404
    Event.objects.update(
        published_at=clock.now(), registration_opens_at=clock.now() - timedelta(hours=1)
    )
    assert leave("maria@example.org").url == reverse("register", args=[announced.slug])
    assert not Interest.objects.exists()


def test_what_can_no_longer_be_told_is_forgotten(announced: Event, leave: Post) -> None:
    leave("maria@example.org")
    Interest.objects.tidy()
    assert Interest.objects.count() == 1
    Event.objects.update(registration_closes_at=clock.now())
    Interest.objects.tidy()
    assert not Interest.objects.exists()


def test_a_page_knows_how_long_it_stays_right(announced: Event, client: Client) -> None:
    opens = announced.registration_opens_at
    assert opens
    with time_machine.travel(opens - timedelta(seconds=90), tick=False):
        text = client.get(announced.get_absolute_url()).text
    assert '<turning-point seconds="90.0"' in text
    with time_machine.travel(announced.ends_at, tick=False):
        assert "<turning-point" not in client.get(announced.get_absolute_url()).text
