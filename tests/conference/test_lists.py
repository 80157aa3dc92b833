"""The organisers' lists: entered by hand, brought in whole or not at all, taken along."""

import random
import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from conference.models import (
    Answer,
    Event,
    Forum,
    Person,
    Question,
    Registration,
    Slot,
    Speaker,
)
from conference.tables import MOST_COLUMNS, MOST_LINES
from marketplace.models import Stand

LIST = "/verwaltung/conference/registration/"
IMPORT = f"{LIST}einlesen/"
GOOD = (
    "Name;E-Mail;Ort;Schuhgröße\nÄnne Öz;Aenne@Example.org;Köln;38\n;;;\nUwe;uwe@example.org;;"
)


@pytest.fixture
def organiser(client: Client, katrin: Person) -> Client:
    """Without a superuser's rights, as organisers are."""
    call_command("organisers", verbosity=0)
    katrin.is_superuser = False
    katrin.save()
    katrin.groups.add(Group.objects.get(name="Organisers"))
    client.force_login(katrin)
    return client


@pytest.fixture
def look(organiser: Client, event: Event) -> Callable[..., HttpResponse]:
    def look(content: bytes | str, name: str = "liste.csv", **fields: Any) -> HttpResponse:
        content = content.encode() if isinstance(content, str) else content
        data = {"event": event.pk, "file": SimpleUploadedFile(name, content), **fields}
        return organiser.post(IMPORT, data)

    return look


@pytest.fixture
def carry_out(
    organiser: Client, django_capture_on_commit_callbacks: Any
) -> Callable[[HttpResponse], HttpResponse]:
    def carry_out(looked: HttpResponse) -> HttpResponse:
        found = re.search(r'name="list" value="([^"]+)"', looked.text)
        assert found
        with django_capture_on_commit_callbacks(execute=True):
            return organiser.post(IMPORT, {"list": found[1]})

    return carry_out


def sheet(*rows: list[Any]) -> bytes:
    book, out = Workbook(), BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


# -- bringing in


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_a_list_in_whatever_dialect_is_looked_at_and_then_taken_over(
    encoding: str, delimiter: str, look: Any, carry_out: Any, event: Event
) -> None:
    looked = look(GOOD.replace(";", delimiter).encode(encoding))
    assert looked.status_code == 200
    assert "2 Personen würden angemeldet." in looked.text
    assert "Schuhgröße" in looked.text
    assert Registration.objects.count() == 0

    assert carry_out(looked).url == LIST
    people = Person.objects.filter(registrations__event=event).order_by("email")
    assert [(p.name, p.email, p.place) for p in people] == [
        ("Änne Öz", "aenne@example.org", "Köln"),
        ("Uwe", "uwe@example.org", ""),
    ]
    assert [one.confirmed_at is not None for one in event.registrations.all()] == [True, True]
    assert not any(person.has_usable_password() for person in people)


def test_a_workbook_with_first_and_last_names_works_too(look: Any, carry_out: Any) -> None:
    content = sheet(
        ["Vorname", "Nachname", "E-MAIL", "Organisation", "Gemeinde"],
        ["Änne", "Öz", "aenne@example.org", 4711, None],
    )
    carry_out(look(content, "liste.xlsx"))
    person = Person.objects.get(email="aenne@example.org")
    assert (person.name, person.organisation, person.place) == ("Änne Öz", "4711", "")


def test_each_bad_line_is_named_and_nothing_is_half_done(
    look: Any, event: Event, aylin: Person, olga: Person
) -> None:
    Person.objects.filter(pk=olga.pk).update(is_active=False)
    looked = look(
        f"Name;E-Mail\nGut;gut@example.org\nSchlecht;schlecht@\n;namenlos@example.org\n"
        f"Gut;GUT@example.org\nOlga;{olga.email}\nAylin;{aylin.email}\n"
    )
    assert looked.status_code == 422
    rows = re.findall(
        r"<tr><td>(\d+)</td><td>.*?</td><td>(.*?)</td><td>(.*?)</td>", looked.text
    )
    assert rows == [
        (
            *("3", "schlecht@"),
            "E-Mail-Adresse: Bitte geben Sie eine vollständige E-Mail-Adresse ein, zum "
            "Beispiel name@example.org.",
        ),
        ("4", "namenlos@example.org", "Vor- und Nachname: Bitte geben Sie Ihren Namen ein."),
        ("5", "gut@example.org", "Dieselbe Adresse steht in Zeile 2."),
        ("6", olga.email, "Dieses Konto ist gesperrt."),
    ]
    assert "1 Person ist schon angemeldet und bleibt es." in looked.text
    assert 'name="list"' not in looked.text
    assert not Person.objects.filter(email="gut@example.org").exists()


def test_what_known_people_say_about_themselves_stays(
    look: Any, carry_out: Any, olga: Person, event: Event
) -> None:
    carry_out(look(f"Name;E-Mail\nOlga Anders;{olga.email}\n"))
    olga.refresh_from_db()
    assert olga.name == "Olga Brandt"
    assert event.registrations.confirmed().filter(person=olga).exists()


def test_it_looks_again_before_it_takes_over(look: Any, carry_out: Any, event: Event) -> None:
    looked = look(GOOD)
    Person.objects.create_user("uwe@example.org", name="Uwe", is_active=False)
    assert carry_out(looked).status_code == 422
    assert not event.registrations.exists()


def test_the_list_comes_back_as_it_was_looked_at(organiser: Client) -> None:
    response = organiser.post(IMPORT, {"list": "WzEsZmFsc2UsW11d:1abc:xyz"})
    assert response.url == IMPORT


def test_by_mail_each_gets_their_way_in_once(
    look: Any, carry_out: Any, event: Event, mailoutbox: list
) -> None:
    looked = look(GOOD, by_mail="on")
    carry_out(looked)
    carry_out(looked)
    mails = event.mails.filter(occasion="enrolled").order_by("to")
    assert [mail.to for mail in mails] == ["aenne@example.org", "uwe@example.org"]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "leer.csv"),
        (b"Name;E-Mail\n", "leer.csv"),
        (b"Vorname;Telefon\nA;1\n", "spalten.csv"),
        (b"PK\x03\x04kaputt", "kaputt.xlsx"),
        (b"\x89PNG\0\0", "bild.csv"),
        (b"Name;E-Mail\n" + b"a;a@example.org\n" * MOST_LINES, "lang.csv"),
        (b'Name;E-Mail\n"' + b"x" * 200_000, "zelle.csv"),
    ],
)
def test_what_is_no_list_says_so(content: bytes, name: str, look: Any) -> None:
    response = look(content, name)
    assert response.status_code == 422
    assert 'class="errorlist"' in response.text
    assert not Registration.objects.exists()


def test_a_list_that_its_preview_could_not_bring_back_says_so(look: Any, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 12_000
    rows = [f"Gast {number};{random.randbytes(9).hex()}@example.org" for number in range(200)]
    response = look("\n".join(["Name;E-Mail", *rows]))
    assert (response.status_code, 'name="list"' in response.text) == (422, False)
    assert "Diese Liste ist zu umfangreich" in response.text
    assert look("\n".join(["Name;E-Mail", *rows[:5]])).status_code == 200


def test_of_very_wide_workbooks_the_first_columns_are_read(look: Any) -> None:
    empty = [""] * (MOST_COLUMNS - 2)
    within = [["Name", *empty, "E-Mail", "Ort"], ["Uwe", *empty, "uwe@example.org", "Ulm"]]
    assert look(sheet(*within), "breit.xlsx").context["check"].ignored == []
    assert look(sheet(*within), "breit.xlsx").context["check"].new[0].details["place"] == ""
    beyond = [["Name", *empty, "", "E-Mail"], ["Uwe", *empty, "", "uwe@example.org"]]
    assert look(sheet(*beyond), "breit.xlsx").status_code == 422


# -- taking along


def rows_in(response: HttpResponse) -> list[list[str]]:
    book = load_workbook(BytesIO(response.content))
    return [[cell or "" for cell in row] for row in book.active.iter_rows(values_only=True)]


def test_the_list_is_taken_along_with_places_needs_and_answers(
    organiser: Client, event: Event, aylin: Person, gerd: Person, slot: Slot
) -> None:
    registration = aylin.registrations.get()
    Registration.objects.filter(pk=registration.pk).update(
        needs_captions=True, other_needs='=HYPERLINK("x")'
    )
    question = Question.objects.create(event=event, text="Was führt Sie her?")
    Answer.objects.create(registration=registration, question=question, values=["a", "b"])
    slot.book(registration)
    text = organiser.get(f"{LIST}liste.csv").content.decode()
    assert text.startswith("\ufeffName;E-Mail-Adresse;Organisation;")
    assert text.splitlines()[0].endswith(";Was führt Sie her?")
    assert text.splitlines()[1].endswith(f';{slot};;ja;"\'=HYPERLINK(""x"")";a, b')
    assert len(text.splitlines()) == 3
    rows = rows_in(organiser.get(f"{LIST}liste.xlsx"))
    assert rows[1][-4:] == ["", "ja", '=HYPERLINK("x")', "a, b"]
    cell = load_workbook(BytesIO(organiser.get(f"{LIST}liste.xlsx").content)).active["M2"]
    assert (cell.value, cell.data_type) == ('=HYPERLINK("x")', "s")


def test_it_takes_along_what_filters_and_search_show(
    organiser: Client, aylin: Person, gerd: Person, slot: Slot
) -> None:
    slot.book(gerd.registrations.get())

    def names(query: str) -> list[str]:
        return [row[0] for row in rows_in(organiser.get(f"{LIST}liste.xlsx?{query}"))[1:]]

    assert names("q=aylin") == ["Aylin Yılmaz"]
    assert names("platz=any") == names(f"platz={slot.pk}") == ["Gerd Hoffmann"]
    assert names("platz=none&bedarf=sign") == []
    aylin.registrations.update(needs_sign_language=True)
    assert names("bedarf=sign") == ["Aylin Yılmaz"]
    assert "Aylin Yılmaz" not in organiser.get(f"{LIST}?platz=any").text


def test_our_own_list_comes_in_again(
    organiser: Client, aylin: Person, look: Any, event: Event
) -> None:
    Person.objects.filter(pk=aylin.pk).update(name="=Aylin", organisation="-Amt")
    content = organiser.get(f"{LIST}liste.csv").content
    event.registrations.all().delete()
    Person.objects.filter(pk=aylin.pk).delete()
    looked = look(content)
    assert looked.status_code == 200
    assert "<td>=Aylin</td>" in looked.text
    assert "<td>-Amt</td>" in looked.text


def test_places_are_taken_along_slot_by_slot(
    organiser: Client, event: Event, aylin: Person, slot: Slot
) -> None:
    slot.book(aylin.registrations.get())
    rows = rows_in(organiser.get(f"{LIST}plaetze.xlsx?event={event.pk}"))
    assert [row[:4] for row in rows[1:]] == [
        [str(slot.forum), str(slot.round), aylin.name, aylin.email]
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_asks_as_often_for_one_as_for_three(
    organiser: Client,
    event: Event,
    count: int,
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    Question.objects.create(event=event, text="Was führt Sie her?")
    for number in range(count):
        event.enrol(Person.objects.create_user(f"p{number}@example.org", name="P"))
    with django_assert_num_queries(14):
        assert len(organiser.get(f"{LIST}liste.csv").content.splitlines()) == count + 1


@pytest.mark.parametrize("path", [IMPORT, f"{LIST}liste.csv", f"{LIST}plaetze.xlsx?event=1"])
def test_lists_are_for_organisers(path: str, client: Client, aylin: Person) -> None:
    client.force_login(aylin)
    assert client.get(path).status_code == 302
    Person.objects.filter(pk=aylin.pk).update(is_staff=True)
    client.force_login(aylin)
    assert client.get(path).status_code == 403


@pytest.mark.parametrize("path", ["liste.pdf", "plaetze.csv", "plaetze.csv?event=x"])
def test_there_are_no_other_lists(path: str, organiser: Client) -> None:
    assert organiser.get(LIST + path).status_code == 404


# -- by hand


def test_one_person_is_registered_by_hand_and_told(
    organiser: Client, event: Event, olga: Person, mailoutbox: list
) -> None:
    data = {"event": event.pk, "person": olga.pk, "by_mail": "on"}
    assert organiser.post(f"{LIST}add/", data).status_code == 302
    registration = olga.registrations.get()
    assert registration.confirmed_at is not None
    assert [mail.to for mail in event.mails.all()] == [olga.email]
    page = organiser.get(f"{LIST}{registration.pk}/change/").text
    assert olga.email in page


# -- inviting


def test_moderators_speakers_and_leads_are_invited_with_their_role_ready(
    organiser: Client,
    event: Event,
    forum: Forum,
    slot: Slot,
    petra: Person,
    olga: Person,
    stand: Stand,
    jonas: Person,
) -> None:
    speaker = Speaker.objects.create(event=event, name="Olga Brandt", person=olga)
    Speaker.objects.create(event=event, name="Ohne Konto")
    olga.language = "en"
    olga.save()
    for path, action, pks in [
        ("conference/forum", "invite_moderators", [forum.pk]),
        ("conference/speaker", "invite_speakers", [speaker.pk]),
        ("marketplace/stand", "invite_leads", [stand.pk]),
    ]:
        data = {"action": action, "_selected_action": pks}
        assert organiser.post(f"/verwaltung/{path}/", data).status_code == 302
    mails = event.mails.filter(occasion="invited").order_by("to")
    assert [(mail.to, mail.subject, mail.next_path) for mail in mails] == [
        (
            *(jonas.email, "Ihre Aufgabe bei „Fachtag Quartier“: Projektverantwortung"),
            reverse("market:stand_edit", args=[event.slug, stand.slug]),
        ),
        (olga.email, "Your part in “Fachtag Quartier”: Speaker", event.entrance_path),
        (
            *(petra.email, "Ihre Aufgabe bei „Fachtag Quartier“: Moderation"),
            slot.get_absolute_url(),
        ),
    ]
    assert str(slot) in mails[2].text
    assert "You speak at the event." in mails[1].text
    assert olga.registrations.get().confirmed_at is not None
