import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from chat import clock
from conference.models import Event, LoginLink, Person, Registration
from conference.models.login import LinkUseless

Ask = Callable[..., HttpResponse]
PASSWORD = "quartier-und-nachbarn"  # katrin's


@pytest.fixture
def ask(db: Any, client: Client, django_capture_on_commit_callbacks: Any) -> Ask:
    """Ask for a login link, and do what waits for the commit."""

    def ask(address: str, **data: str) -> HttpResponse:
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(reverse("login"), {"email": address, **data})

    return ask


def path_of(text: Any) -> str:
    found = re.search(r"https?://[^/]+(/anmelden/link/[^/]+/)", str(text))
    assert found
    return found[1]


def link_for(person: Person, *, minutes: int = 30, next_path: str = "") -> str:
    return path_of(
        LoginLink.issue(
            person, expires_at=clock.now() + timedelta(minutes=minutes), next_path=next_path
        )
    )


# -- asking for a link


def test_the_link_in_the_mail_lets_its_person_in(
    event: Event, aylin: Person, ask: Ask, client: Client, mailoutbox: list
) -> None:
    response = ask(" Aylin@EXAMPLE.org ")
    assert response.url == reverse("check_mail")
    [mail] = mailoutbox
    assert mail.to == [aylin.email]
    response = client.post(path_of(mail.body))
    assert response.url == event.entrance_path
    assert client.session["_auth_user_id"] == str(aylin.pk)


def test_the_answer_tells_nobody_who_is_known(aylin: Person) -> None:
    def answers(address: str) -> tuple:
        client = Client()
        first = client.post(reverse("login"), {"email": address})
        second = client.get(first.url)
        text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", second.text)
        return (
            first.status_code,
            first.url,
            first.content,
            sorted(first.cookies),
            sorted(first.headers),
            text.replace(address, "…"),
        )

    assert answers("nobody.here@example.org") == answers(aylin.email)


def test_an_unknown_address_is_told_so_by_mail_only(ask: Ask, mailoutbox: list) -> None:
    ask("nobody@example.org")
    [mail] = mailoutbox
    assert mail.to == ["nobody@example.org"]
    assert mail.subject.startswith("Diese Adresse ist nicht angemeldet")
    assert "/anmelden/link/" not in mail.body
    assert not Person.objects.filter(email="nobody@example.org").exists()


def test_who_may_not_log_in_gets_no_link(aylin: Person, ask: Ask, mailoutbox: list) -> None:
    Person.objects.filter(pk=aylin.pk).update(is_active=False)
    ask(aylin.email)
    assert "/anmelden/link/" not in mailoutbox[0].body


def test_who_has_not_confirmed_yet_is_asked_to_confirm(
    event: Event, ask: Ask, client: Client, mailoutbox: list
) -> None:
    Registration.request(
        event, "neu@example.org", name="Neu", organisation="", place="", language="de"
    )
    mailoutbox.clear()
    ask("neu@example.org")
    client.post(path_of(mailoutbox[0].body))
    assert Registration.objects.get(person__email="neu@example.org").confirmed_at is not None


def test_a_stranger_cannot_slip_a_registration_into_the_next_login(
    event: Event, olga: Person, ask: Ask, client: Client, mailoutbox: list
) -> None:
    Registration.request(
        event, olga.email, name="Mallory", organisation="", place="", language="de"
    )
    ask(olga.email)
    client.post(path_of(mailoutbox[-1].body))
    assert client.session["_auth_user_id"] == str(olga.pk)
    assert olga.registrations.get().confirmed_at is None


def test_a_wrong_address_is_named_at_the_field(ask: Ask, mailoutbox: list) -> None:
    response = ask("aylin")
    assert response.status_code == 422
    assert 'value="aylin"' in response.text
    assert mailoutbox == []


# -- the link


def test_a_link_works_once(aylin: Person, client: Client) -> None:
    path = link_for(aylin)
    assert client.post(path).status_code == 302
    response = Client().post(path)
    assert response.status_code == 410
    assert "Dieser Link wurde schon benutzt." in response.text
    assert Client().get(path).status_code == 410


def test_looking_at_a_link_does_not_use_it_up(aylin: Person, client: Client) -> None:
    path = link_for(aylin)
    for _scanner in range(3):
        assert Client().get(path).status_code == 200
        assert Client().head(path).status_code == 200
    assert LoginLink.objects.get().used_at is None
    assert client.post(path).status_code == 302


@pytest.mark.parametrize(("minutes", "status"), [(29, 302), (30, 410)])
def test_a_link_expires(minutes: int, status: int, aylin: Person, client: Client) -> None:
    now = clock.now()
    with time_machine.travel(now, tick=False):
        path = link_for(aylin)
    with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
        response = client.post(path)
    assert response.status_code == status
    if status == 410:
        assert "Dieser Link ist abgelaufen." in response.text
        assert "_auth_user_id" not in client.session


def test_an_unknown_link_says_so_and_offers_a_new_one(client: Client, db: Any) -> None:
    response = client.get(reverse("login_link", args=["x" * 43]))
    assert response.status_code == 410
    assert "Diesen Link kennen wir nicht." in response.text
    assert f'action="{reverse("login")}"' in response.text


def test_a_used_link_leads_its_logged_in_person_on(
    event: Event, aylin: Person, gerd: Person, client: Client
) -> None:
    path = link_for(aylin, next_path="/ziel/")
    client.post(path)
    assert client.get(path).url == "/ziel/"
    other = Client()
    other.force_login(gerd)
    assert other.get(path).status_code == 410


def test_a_person_who_was_shut_out_cannot_use_an_old_link(
    aylin: Person, client: Client
) -> None:
    path = link_for(aylin)
    Person.objects.filter(pk=aylin.pk).update(is_active=False)
    assert client.post(path).status_code == 410
    assert "_auth_user_id" not in client.session


def test_a_newer_link_leaves_the_older_one_good(aylin: Person, client: Client) -> None:
    older, newer = link_for(aylin), link_for(aylin)
    assert client.post(newer).status_code == 302
    assert Client().post(older).status_code == 302


def test_only_the_hash_of_a_link_is_kept(aylin: Person) -> None:
    token = link_for(aylin).split("/")[-2]
    row = LoginLink.objects.get()
    assert len(token) == 43  # 256 bits
    assert row.token_hash == sha256(token.encode()).hexdigest()
    assert token not in str(LoginLink.objects.values().get())


def test_long_useless_links_are_deleted(aylin: Person) -> None:
    link_for(aylin)
    with time_machine.travel(clock.now() + timedelta(days=31)):
        link_for(aylin)
    assert LoginLink.objects.count() == 1


def test_logging_in_changes_the_session_key(aylin: Person, client: Client) -> None:
    client.post(reverse("login"), {"email": aylin.email})
    before = client.session.session_key
    client.post(link_for(aylin))
    assert client.session.session_key not in (None, before)
    assert "mailed" not in client.session


def test_the_address_is_shown_once(aylin: Person, client: Client) -> None:
    page = client.post(reverse("login"), {"email": aylin.email}).url
    assert aylin.email in client.get(page).text
    assert aylin.email not in client.get(page).text


def test_who_is_logged_in_is_led_on_from_the_login(
    event: Event, aylin: Person, client: Client
) -> None:
    client.force_login(aylin)
    assert client.get(reverse("login")).url == event.entrance_path
    assert client.get(reverse("login") + "?next=/ziel/").url == "/ziel/"


def test_pages_follow_the_person_s_language(aylin: Person, client: Client) -> None:
    Person.objects.filter(pk=aylin.pk).update(language="en")
    client.post(link_for(aylin))
    assert client.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"


@pytest.mark.parametrize("is_secure", [True, False])
def test_the_language_travels_by_https_where_there_is_https(
    is_secure: bool, aylin: Person, client: Client, settings: Any
) -> None:
    settings.LANGUAGE_COOKIE_SECURE = is_secure
    client.post(link_for(aylin))
    cookie = client.cookies[settings.LANGUAGE_COOKIE_NAME]
    assert bool(cookie["secure"]) is is_secure


def test_strangers_choose_their_language_too(client: Client, db: None) -> None:
    path = reverse("login")
    answer = client.post(reverse("set_language"), {"language": "en", "next": path})
    assert answer.url == path
    assert '<html lang="en">' in client.get(path).text


def test_the_form_is_guarded_against_forgery(aylin: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(link_for(aylin)).status_code == 403
    assert client.post(reverse("login"), {"email": aylin.email}).status_code == 403
    assert LoginLink.objects.get().used_at is None


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_of_many_who_use_a_link_at_once_one_gets_in(aylin: Person) -> None:
    token = link_for(aylin).split("/")[-2]

    def use(_number: int) -> bool:
        try:
            link = LoginLink.find(token)
            assert link
            link.use()
        except LinkUseless:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(use, range(8))) == [False] * 7 + [True]


# -- where it leads


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("/veranstaltungen/fachtag/", "/veranstaltungen/fachtag/"),
        ("/?seite=2#liste", "/?seite=2#liste"),
        ("//evil.example/", ""),
        ("/\\evil.example/", ""),
        ("\\\\evil.example/", ""),
        ("https://evil.example/", ""),
        ("http:///evil.example/", ""),
        ("javascript:alert(1)", ""),
        ("/\t//evil.example/", ""),
        ("/\n//evil.example/", ""),
        ("/" + "x" * 500, ""),
    ],
)
def test_a_link_leads_to_our_own_pages_only(
    asked: str, kept: str, aylin: Person, ask: Ask, mailoutbox: list
) -> None:
    ask(aylin.email, next=asked)
    assert LoginLink.objects.get().next_path == kept


def test_a_closed_door_leads_back_to_itself(
    event: Event, aylin: Person, ask: Ask, client: Client, mailoutbox: list
) -> None:
    door = reverse("registration", args=[event.slug])
    login = client.get(door).url
    assert f'name="next" value="{door}"' in client.get(login).text
    ask(aylin.email, next=door)
    assert client.post(path_of(mailoutbox[0].body)).url == door


def test_without_an_event_ahead_a_login_leads_to_the_start(
    olga: Person, client: Client
) -> None:
    assert client.post(link_for(olga)).url == reverse("start")


# -- with a password


def test_organisers_may_log_in_with_a_password(katrin: Person, client: Client) -> None:
    data = {"username": " Katrin@Example.org", "password": PASSWORD}
    response = client.post(f"{reverse('login_password')}?next=/verwaltung/", data)
    assert response.url == "/verwaltung/"
    assert client.session["_auth_user_id"] == str(katrin.pk)


def test_no_wrong_pair_is_told_from_another(
    katrin: Person, aylin: Person, client: Client
) -> None:
    """Wrong password, a person without one, nobody."""

    def answer(address: str) -> tuple[int, str]:
        data = {"username": address, "password": "wrong"}
        response = client.post(reverse("login_password"), data)
        text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.text)
        return response.status_code, text.replace(address, "…")

    answers = {answer(a) for a in (katrin.email, aylin.email, "nobody@example.org")}
    assert len(answers) == 1
    assert answers.pop()[0] == 422


def test_the_administration_s_door_is_ours(
    katrin: Person, aylin: Person, client: Client
) -> None:
    response = client.get("/verwaltung/login/?next=/verwaltung/")
    assert response.url == f"{reverse('login_password')}?next=/verwaltung/"
    client.force_login(aylin)
    page = client.get("/verwaltung/", follow=True)
    assert "diese Seite ist für Sie aber nicht geöffnet" in page.text
    client.force_login(katrin)
    assert client.get("/verwaltung/").status_code == 200


def test_logging_out_takes_a_post(aylin: Person, client: Client) -> None:
    client.force_login(aylin)
    assert client.get(reverse("logout")).status_code == 405
    assert client.post(reverse("logout")).url == reverse("start")
    assert "_auth_user_id" not in client.session


# -- too often


def test_one_address_gets_five_mails_a_quarter_of_an_hour(ask: Ask, mailoutbox: list) -> None:
    with time_machine.travel("2020-07-15 09:02:00+00:00", tick=False) as moment:
        for _try in range(5):
            assert ask("somebody@example.org").status_code == 302
        response = ask("SOMEBODY@example.org")
        assert response.status_code == 429
        assert response["Retry-After"] == "780"
        assert "in 13 Minuten" in response.text
        assert 'value="somebody@example.org"' in response.text.lower()
        assert ask("somebody.else@example.org").status_code == 302
        moment.shift(780)
        assert ask("somebody@example.org").status_code == 302
    assert len(mailoutbox) == 7


def test_passwords_are_not_to_be_guessed(katrin: Person, client: Client) -> None:
    path = reverse("login_password")
    for _try in range(5):
        client.post(path, {"username": katrin.email, "password": "wrong"})
    pages = set()
    for password in ("wrong", PASSWORD):
        response = client.post(path, {"username": katrin.email, "password": password})
        assert response.status_code == 429
        pages.add(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.text))
    assert len(pages) == 1  # from here on nobody learns whether they are right
    assert "_auth_user_id" not in client.session
