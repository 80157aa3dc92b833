"""Another e-mail address: whoever asks for it must be able to read what comes there."""

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from chat import clock
from conference.models import LoginLink, Mail, Person
from conference.models.login import LinkUseless
from tests.conference.test_logins import link_for, path_of

PATH = reverse("my_address")
Ask = Callable[..., HttpResponse]


@pytest.fixture
def ask(client: Client, aylin: Person, django_capture_on_commit_callbacks: Any) -> Ask:
    """``aylin`` asks for this address."""
    client.force_login(aylin)

    def ask(address: str) -> HttpResponse:
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(PATH, {"email": address})

    return ask


def address_of(person: Person) -> str:
    return Person.objects.get(pk=person.pk).email


def test_it_changes_once_a_mail_to_it_is_answered(
    ask: Ask, client: Client, aylin: Person, mailoutbox: list[Any]
) -> None:
    assert ask(" Neu@EXAMPLE.org ").url == reverse("check_mail")
    [mail] = mailoutbox
    assert (mail.to, address_of(aylin)) == (["neu@example.org"], "aylin@example.org")
    stranger = Client()
    page = stranger.get(path_of(mail.body)).text  # as scanners of mails do
    assert ("neu@example.org" in page, address_of(aylin)) == (True, "aylin@example.org")
    assert stranger.post(path_of(mail.body)).status_code == 302
    assert address_of(aylin) == "neu@example.org"
    assert stranger.get(PATH).status_code == 200
    assert stranger.post(path_of(mail.body)).status_code == 302  # it is they, and logged in
    assert Client().post(path_of(mail.body)).status_code == 410


def test_then_the_old_mailbox_is_told_and_opens_nothing(
    ask: Ask,
    client: Client,
    aylin: Person,
    mailoutbox: list[Any],
    django_capture_on_commit_callbacks: Any,
) -> None:
    before = link_for(aylin)
    ask("neu@example.org")
    with django_capture_on_commit_callbacks(execute=True):
        Client().post(path_of(mailoutbox[0].body))
    assert mailoutbox[1].to == ["aylin@example.org"]
    assert "neu@example.org" not in mailoutbox[1].body
    assert Client().get(before).status_code == 410
    assert client.get(PATH).status_code == 302  # logged out on the other device


def test_the_last_address_asked_for_counts(
    ask: Ask, aylin: Person, mailoutbox: list[Any]
) -> None:
    ask("vertippt@example.org")
    late = Mail.objects.get()
    Mail.objects.update(sent_at=None, next_try_at=clock.now())  # it hangs in the mail server
    ask("neu@example.org")
    assert Client().post(path_of(mailoutbox[0].body)).status_code == 410
    late.refresh_from_db()
    assert (late.send(), address_of(aylin)) == (False, "aylin@example.org")
    Client().post(path_of(mailoutbox[1].body))
    assert address_of(aylin) == "neu@example.org"


def test_only_its_owner_learns_that_an_address_has_an_account(
    ask: Ask, client: Client, aylin: Person, gerd: Person, mailoutbox: list[Any]
) -> None:
    answers = [ask(address) for address in ("neu@example.org", gerd.email)]
    assert [answer.url for answer in answers] == [reverse("check_mail")] * 2
    assert [mail.to for mail in mailoutbox] == [["neu@example.org"], [gerd.email]]
    assert "/anmelden/link/" not in mailoutbox[1].body


def test_an_address_that_somebody_took_meanwhile_stays_theirs(
    ask: Ask, aylin: Person, mailoutbox: list[Any]
) -> None:
    ask("neu@example.org")
    other = Person.objects.create_user("neu@example.org", name="Neu")
    link = LoginLink.objects.get(address=other.email)
    with pytest.raises(LinkUseless, match=r"Konto mit dieser Adresse"):
        link.use()
    assert (address_of(aylin), address_of(other)) == ("aylin@example.org", "neu@example.org")


def test_the_same_address_and_none_are_said_at_the_field(
    ask: Ask, aylin: Person, mailoutbox: list[Any]
) -> None:
    assert [ask(address).status_code for address in (" Aylin@example.org", "neu", "")] == [
        422
    ] * 3
    assert mailoutbox == []


def test_nobody_floods_a_mailbox(ask: Ask, settings: Any, mailoutbox: list[Any]) -> None:
    settings.TRIES_PER_ADDRESS = 1
    assert [ask("neu@example.org").status_code for _try in range(2)] == [302, 429]
    assert len(mailoutbox) == 1


def test_it_is_for_those_who_are_logged_in(client: Client, olga: Person) -> None:
    assert client.get(PATH).status_code == 302
    client.force_login(olga)
    assert client.get(PATH).status_code == 200
