import pytest
from django.test import Client

from conference.models import Person

HTMX = {"HX-Request": "true"}


@pytest.mark.django_db
def test_an_unknown_address_leads_on(client: Client) -> None:
    answer = client.get("/nirgendwo/")
    assert answer.status_code == 404
    assert "<h1>Unter dieser Adresse gibt es nichts</h1>" in answer.text
    assert '<a href="/">Alle Veranstaltungen mit ihren Programmen</a>' in answer.text


@pytest.mark.django_db
def test_htmx_gets_the_sentence_alone_and_keeps_what_stands(client: Client) -> None:
    answer = client.get("/nirgendwo/", headers=HTMX)
    assert answer.status_code == 404
    assert (answer["HX-Retarget"], answer["HX-Reswap"]) == ("#meldungen", "innerHTML")
    assert "<html" not in answer.text
    assert "Unter dieser Adresse gibt es nichts (mehr)." in answer.text


def test_a_form_from_elsewhere_is_sent_back_with_advice(aylin: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(aylin)
    answer = client.post("/abmelden/")
    assert answer.status_code == 403
    assert "<h1>Bitte senden Sie es noch einmal</h1>" in answer.text
    answer = client.post("/abmelden/", headers=HTMX)
    assert "Bitte laden Sie die Seite neu" in answer.text


def test_who_may_not_sees_who_they_are(client: Client, olga: Person) -> None:
    olga.is_staff = True  # without a right to change anything
    olga.save()
    client.force_login(olga)
    answer = client.get("/verwaltung/conference/event/")
    assert answer.status_code == 403
    assert "<h1>Diese Tür ist für Sie nicht geöffnet</h1>" in answer.text
    assert "Olga Brandt" in answer.text
