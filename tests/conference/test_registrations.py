import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chat import clock
from chat.models import Role, Room
from conference.models import Event, LoginLink, Mail, Person, Place, Registration, Slot

NEW = {
    "name": "Maria Ölschläger",
    "email": "maria@example.org",
    "organisation": "Gemeinde Obertal",
    "place": "Obertal",
    "function": "Quartiersmanagerin",
    "consent": "on",
}
Post = Callable[..., HttpResponse]


@pytest.fixture
def post(client: Client, django_capture_on_commit_callbacks: Any) -> Post:
    """Post a form, and do what waits for the commit."""

    def post(path: str, data: dict[str, str] | None = None, **kwargs: Any) -> HttpResponse:
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(path, data or {}, **kwargs)

    return post


@pytest.fixture
def register(event: Event, post: Post) -> Post:
    def register(**changes: str) -> HttpResponse:
        return post(reverse("register", args=[event.slug]), NEW | changes)

    return register


def link_in(mail: EmailMultiAlternatives) -> str:
    found = re.search(r"https?://[^/]+(/anmelden/link/[^/]+/)", str(mail.body))
    assert found
    return found[1]


# -- registering


def test_a_stranger_registers_and_is_in_after_the_click_in_the_mail(
    event: Event, register: Post, post: Post, client: Client, mailoutbox: list
) -> None:
    response = register()
    assert response.status_code == 302
    assert response.url == reverse("check_mail")
    assert "maria@example.org" in client.get(response.url).text

    registration = Registration.objects.get()
    assert registration.confirmed_at is None
    assert "_auth_user_id" not in client.session

    [mail] = mailoutbox
    assert mail.to == ["maria@example.org"]
    path = link_in(mail)
    assert "Maria Ölschläger" in client.get(path).text
    response = post(path)
    assert response.url == event.entrance_path

    registration.refresh_from_db()
    assert registration.confirmed_at is not None
    person = registration.person
    assert client.session["_auth_user_id"] == str(person.pk)
    assert (person.name, person.organisation, person.place, person.function) == (
        "Maria Ölschläger",
        "Gemeinde Obertal",
        "Obertal",
        "Quartiersmanagerin",
    )
    assert person.language == "de"
    assert not person.has_usable_password()
    assert mailoutbox[1].subject == "Sie sind angemeldet: " + event.title


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  MARIA@Example.ORG ", "maria@example.org"),
        ("maria @ example.org", "maria@example.org"),
        ("maria\u00a0@example.org", "maria@example.org"),
        ("info@Bürgerhäuser.example", "info@xn--brgerhuser-v5a6z.example"),
        ("info@straße.example", "info@xn--strae-oqa.example"),
    ],
)
def test_the_same_address_in_any_spelling_registers_once(
    typed: str, kept: str, register: Post
) -> None:
    register(email=typed)
    register(email=kept)
    assert Person.objects.filter(email=kept).count() == 1
    assert Registration.objects.count() == 1


def test_wrong_entries_are_named_at_their_fields_and_the_rest_is_kept(
    register: Post, mailoutbox: list
) -> None:
    response = register(email="maria@", name="  ", consent="")
    assert response.status_code == 422
    form = response.context["form"]
    assert list(form.errors) == ["name", "email", "consent"]
    page = response.text
    assert 'value="Gemeinde Obertal"' in page
    assert 'value="maria@"' in page
    assert 'aria-describedby="id_email_helptext id_email_error"' in page
    assert 'id="id_email_error"' in page
    assert "<title>Fehler: " in page
    assert mailoutbox == []
    assert not Person.objects.filter(email__startswith="maria").exists()


def test_fields_say_what_belongs_into_them(event: Event, client: Client) -> None:
    page = client.get(reverse("register", args=[event.slug])).text
    assert re.findall(r'autocomplete="([^"]+)"', page) == [
        "name",
        "email",
        "organization",
        "address-level2",
        "organization-title",
    ]


def test_an_address_without_domain_in_any_script_is_refused(register: Post) -> None:
    assert register(email="maria@☃️..de").status_code == 422


def test_too_long_entries_are_refused(register: Post) -> None:
    assert register(name="x" * 121, email="m" * 250 + "@example.org").status_code == 422
    assert not Registration.objects.exists()


def test_line_breaks_in_a_name_become_spaces(register: Post) -> None:
    register(name="Maria\r\nBcc: all@example.org")
    assert Person.objects.get(email=NEW["email"]).name == "Maria Bcc: all@example.org"


# -- registering again


def test_the_answer_tells_nobody_who_is_registered(
    event: Event, aylin: Person, post: Post
) -> None:
    """Byte for byte, but for the address that was typed and the token of the form."""

    def answers(address: str) -> tuple:
        client = Client()
        path = reverse("register", args=[event.slug])
        first = client.post(path, NEW | {"email": address})
        second = client.get(first.url)
        text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", second.text)
        return (
            first.status_code,
            first.url,
            first.content,
            sorted(first.cookies),
            sorted(first.headers),
            second.status_code,
            text.replace(address, "…"),
        )

    Person.objects.create_user("shut@example.org", name="Shut", is_active=False)
    stranger = answers("nobody.here@example.org")
    assert answers(aylin.email) == stranger
    assert answers("shut@example.org") == stranger


def test_who_is_registered_gets_the_way_in_again(
    event: Event, aylin: Person, register: Post, post: Post, client: Client, mailoutbox: list
) -> None:
    register(email=aylin.email)
    [mail] = mailoutbox
    assert mail.subject == "Sie sind bereits angemeldet: " + event.title
    post(link_in(mail))
    assert client.session["_auth_user_id"] == str(aylin.pk)
    assert event.registrations.filter(person=aylin).count() == 1


def test_strangers_never_change_what_a_confirmed_person_says_about_themselves(
    aylin: Person, register: Post
) -> None:
    register(email=aylin.email, name="Mallory", organisation="X", place="Y")
    register(email=aylin.email.upper(), name="Mallory")
    before = (aylin.name, aylin.organisation, aylin.place)
    aylin.refresh_from_db()
    assert (aylin.name, aylin.organisation, aylin.place) == before


def test_strangers_do_not_change_whom_organisers_entered_either(
    olga: Person, register: Post
) -> None:
    """She has an account without any registration, and never logged in."""
    register(email=olga.email, name="Mallory")
    register(email=olga.email, name="Mallory")
    olga.refresh_from_db()
    assert olga.name != "Mallory"
    assert olga.registrations.get().confirmed_at is None


def test_before_the_click_a_second_try_corrects_the_first(
    register: Post, mailoutbox: list
) -> None:
    register(name="Mariia")
    register(name="Maria")
    assert Person.objects.get(email=NEW["email"]).name == "Maria"
    assert [mail.subject for mail in mailoutbox] == [mailoutbox[0].subject] * 2
    assert LoginLink.objects.count() == 2


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_of_many_tries_at_once_one_registration_comes(event: Event) -> None:
    def ask(_number: int) -> None:
        try:
            Registration.request(event, "maria@example.org", name="Maria", language="de")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(8)))
    assert Registration.objects.get().person.email == "maria@example.org"
    assert LoginLink.objects.count() == 8


def test_a_shut_account_looks_like_any_other_and_its_owner_reads_why(
    event: Event, aylin: Person, register: Post, mailoutbox: list
) -> None:
    event.registrations.all().delete()
    aylin.is_active = False
    aylin.save()
    response = register(email=aylin.email)
    assert (response.status_code, response.url) == (302, reverse("check_mail"))
    [mail] = mailoutbox
    assert mail.subject == "Wir können Sie nicht anmelden: " + event.title
    assert event.contact_email in mail.body
    assert not event.registrations.exists()


# -- logged in


def test_who_is_logged_in_registers_without_a_mail_to_answer(
    event: Event, olga: Person, client: Client, register: Post, mailoutbox: list
) -> None:
    client.force_login(olga)
    page = client.get(reverse("register", args=[event.slug])).text
    assert f'value="{olga.name}"' in page
    assert 'name="email"' not in page
    response = register(name="Olga Neu", email="somebody.else@example.org")
    assert response.url == reverse("registration", args=[event.slug])
    olga.refresh_from_db()
    assert (olga.name, olga.email) == ("Olga Neu", olga.email)
    assert olga.registrations.get().confirmed_at is not None
    assert [mail.subject for mail in mailoutbox] == ["Sie sind angemeldet: " + event.title]


def test_who_is_registered_is_led_to_their_page(
    event: Event, aylin: Person, client: Client
) -> None:
    client.force_login(aylin)
    response = client.get(reverse("register", args=[event.slug]))
    assert response.url == reverse("registration", args=[event.slug])


# -- open and closed


@pytest.mark.parametrize(
    ("opens", "closes", "sentence"),
    [
        (None, None, "Die Anmeldung ist noch nicht geöffnet"),
        (1, 2, "Die Anmeldung ist noch nicht geöffnet"),
        (-2, -1, "Die Anmeldung ist geschlossen"),
    ],
)
def test_closed_doors_say_so(
    opens: int | None,
    closes: int | None,
    sentence: str,
    event: Event,
    client: Client,
    register: Post,
    mailoutbox: list,
) -> None:
    now = clock.now()
    event.registration_opens_at = now + timedelta(days=opens) if opens else None
    event.registration_closes_at = now + timedelta(days=closes) if closes else None
    event.save()
    response = client.get(reverse("register", args=[event.slug]))
    assert response.status_code == 200
    assert sentence in response.text
    assert event.contact_email in response.text
    assert register().status_code == 409
    assert mailoutbox == []


def test_it_opens_and_closes_at_the_second(event: Event, client: Client) -> None:
    opens = event.starts_at.replace(microsecond=0) + timedelta(hours=1)
    event.registration_opens_at = opens
    event.registration_closes_at = opens + timedelta(hours=1)
    event.save()
    path = reverse("register", args=[event.slug])
    found = []
    for seconds in (-1, 0, 3599, 3600):
        with time_machine.travel(opens + timedelta(seconds=seconds), tick=False):
            found.append('name="consent"' in client.get(path).text)
    assert found == [False, True, True, False]


def test_an_event_that_is_not_published_has_no_form(event: Event, client: Client) -> None:
    event.published_at = None
    event.save()
    assert client.get(reverse("register", args=[event.slug])).status_code == 404


def test_a_registration_of_before_the_deadline_is_confirmed_after_it(
    event: Event, register: Post, post: Post, mailoutbox: list
) -> None:
    register()
    event.registration_closes_at = clock.now()
    event.save()
    post(link_in(mailoutbox[0]))
    assert Registration.objects.get(person__email=NEW["email"]).confirmed_at is not None


# -- my page


def test_my_page_shows_and_corrects_my_details(
    event: Event, aylin: Person, client: Client, post: Post
) -> None:
    client.force_login(aylin)
    path = reverse("registration", args=[event.slug])
    page = client.get(path).text
    assert aylin.email in page
    assert f'value="{aylin.name}"' in page
    response = post(
        path,
        {"name": "Aylin Y.", "organisation": "", "place": "Ulm", "language": "en"},
    )
    assert response.url == path
    aylin.refresh_from_db()
    assert (aylin.name, aylin.organisation, aylin.place, aylin.language) == (
        "Aylin Y.",
        "",
        "Ulm",
        "en",
    )
    assert [str(message) for message in get_messages(response.wsgi_request)] == [
        "Ihre Angaben sind gespeichert."
    ]


def test_my_page_keeps_what_was_typed_beside_the_error(
    event: Event, aylin: Person, client: Client, post: Post
) -> None:
    client.force_login(aylin)
    path = reverse("registration", args=[event.slug])
    response = post(path, {"name": "", "organisation": "Neu", "place": "", "language": "de"})
    assert response.status_code == 422
    assert 'value="Neu"' in response.text
    aylin.refresh_from_db()
    assert aylin.name != ""


def test_my_page_is_for_the_registered_only(event: Event, olga: Person, client: Client) -> None:
    path = reverse("registration", args=[event.slug])
    assert client.get(path).url == f"{reverse('login')}?next={path}"
    client.force_login(olga)
    assert client.get(path).url == reverse("register", args=[event.slug])


def test_my_page_asks_the_database_as_often_with_a_place_as_without(
    event: Event, aylin: Person, slot: Slot, client: Client
) -> None:
    client.force_login(aylin)
    path = reverse("registration", args=[event.slug])
    with CaptureQueriesContext(connection) as without:
        assert slot.forum.title not in client.get(path).text
    slot.book(aylin.registrations.get())
    with CaptureQueriesContext(connection) as with_place:
        assert slot.forum.title in client.get(path).text
    assert len(with_place) == len(without)


# -- leaving


def test_cancelling_asks_first_and_then_frees_the_place_and_shuts_the_rooms(
    event: Event, aylin: Person, slot: Slot, client: Client, post: Post, mailoutbox: list
) -> None:
    registration = aylin.registrations.get(event=event)
    Place.objects.filter(registration=registration).delete()
    taken = slot.taken
    slot.book(registration)
    event.room.admit(aylin)
    client.force_login(aylin)
    path = reverse("registration_cancel", args=[event.slug])
    assert client.get(path).status_code == 200
    assert aylin.registrations.filter(event=event).exists()

    response = post(path)
    assert response.url == reverse("event", args=[event.slug])
    assert not aylin.registrations.filter(event=event).exists()
    slot.refresh_from_db()
    assert slot.taken == taken
    assert list(Room.objects.entered_by(aylin)) == []
    assert [mail.subject for mail in mailoutbox] == [
        "Sie sind nicht mehr angemeldet: " + event.title
    ]


def test_rooms_that_one_keeps_stay_open_after_cancelling(event: Event, aylin: Person) -> None:
    kept = Room.objects.create(title="A stand")
    kept.admit(aylin, Role.HOST)
    event.room.admit(aylin)
    aylin.registrations.get(event=event).cancel()
    assert list(Room.objects.entered_by(aylin)) == [kept]


def test_only_who_is_registered_can_cancel(event: Event, olga: Person, client: Client) -> None:
    path = reverse("registration_cancel", args=[event.slug])
    assert client.post(path).url == f"{reverse('login')}?next={path}"
    client.force_login(olga)
    assert client.post(path).status_code == 404


# -- housekeeping


def test_who_never_confirms_is_forgotten(
    aylin: Person, olga: Person, register: Post, mailoutbox: list
) -> None:
    register()
    register(email=olga.email)
    with time_machine.travel(clock.now() + timedelta(days=31)):
        Registration.objects.tidy()
        Mail.objects.tidy()
    assert not Person.objects.filter(email=NEW["email"]).exists()
    assert not olga.registrations.exists()
    assert Person.objects.filter(pk__in=[aylin.pk, olga.pk]).count() == 2
    assert aylin.registrations.count() == 1
    assert not Mail.objects.exists()


def test_roles_are_named_the_weightiest_first(
    event: Event, aylin: Person, olga: Person, katrin: Person
) -> None:
    assert event.roles_of(aylin) == ["Teilnahme"]
    assert event.roles_of(olga) == []
    assert event.roles_of(katrin)[0] == "Veranstaltungsteam"
