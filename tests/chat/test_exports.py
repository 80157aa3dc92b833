import csv
import io
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chat.models import Room
from conference.models import Person

FORMULA = '=HYPERLINK("http://example.org")'
TIME = "2026-07-15 10:30:00"


@pytest.fixture
def talk(room: Room, aylin: Person, jonas: Person) -> Room:
    with time_machine.travel("2026-07-15 08:30+00:00", tick=False):
        room.post(aylin, FORMULA, uuid4())
        room.post(jonas, 'Zwei Zeilen;\nund "mehr"', uuid4())
        room.post(aylin, "Ups", uuid4()).delete_by(aylin)
        room.post(aylin, "Werbung", uuid4()).hide(jonas)
    return room


def test_the_table_holds_what_may_be_read_and_no_formulas(
    client: Client, talk: Room, jonas: Person
) -> None:
    client.force_login(jonas)
    response = client.get(reverse("chat:export_csv", args=[talk.pk]))
    assert response["Content-Disposition"] == 'attachment; filename="dorfladen-obertal.csv"'
    heads, *rows = csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";")
    assert heads[1] == "Zeit (Europe/Berlin)"
    assert rows == [
        ["1", TIME, "Aylin Yılmaz", "", "Mitglied", "'" + FORMULA, ""],
        ["2", TIME, "Jonas Weber", "", "Gastgeber/in", 'Zwei Zeilen;\nund "mehr"', ""],
        ["3", TIME, "Aylin Yılmaz", "", "Mitglied", "", "gelöscht"],
        ["5", TIME, "Aylin Yılmaz", "", "Mitglied", "", "ausgeblendet"],
    ]


def test_the_text_reads_like_the_talk(client: Client, talk: Room, jonas: Person) -> None:
    client.force_login(jonas)
    response = client.get(reverse("chat:export_text", args=[talk.pk]))
    assert response.text == (
        "Dorfladen Obertal\n\n15.07.2026\n\n"
        '10:30 Aylin Yılmaz: =HYPERLINK("http://example.org")\n'
        '10:30 Jonas Weber: Zwei Zeilen;\n      und "mehr"\n'
        "10:30 Aylin Yılmaz: [gelöscht]\n10:30 Aylin Yılmaz: [ausgeblendet]\n"
    )


@pytest.mark.parametrize("name", ["export_csv", "export_text"])
def test_only_those_who_keep_the_room_get_it_and_at_the_same_price(
    name: str, client: Client, talk: Room, aylin: Person, jonas: Person
) -> None:
    address = reverse(f"chat:{name}", args=[talk.pk])
    client.force_login(aylin)
    assert client.get(address).status_code == 403
    client.force_login(jonas)
    counts = []
    for _time in range(3):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        counts.append(len(queries))
        talk.post(aylin, "Noch etwas", uuid4())
    assert counts == [counts[0]] * 3
