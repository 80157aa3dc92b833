import pytest
from django.test import Client

from conference.models import Page


@pytest.fixture
def imprint(db: None) -> Page:
    return Page.objects.create(
        slug="impressum", title="Impressum", body="Angaben\n\n# Wer\n\n**Wir**", position=1
    )


def test_a_page_of_the_site_is_open_to_everyone(client: Client, imprint: Page) -> None:
    text = client.get("/seiten/impressum/").text
    assert "<h1>Impressum</h1>" in text
    assert "<p>Angaben</p>\n<h2>Wer</h2>\n<p><strong>Wir</strong></p>" in text


def test_a_page_that_is_not_there_is_not_found(client: Client, imprint: Page) -> None:
    assert client.get("/seiten/datenschutz/").status_code == 404


def test_the_footer_leads_to_each_page(client: Client, imprint: Page) -> None:
    assert '<a href="/seiten/impressum/">Impressum</a>' in client.get("/anmelden/").text


@pytest.mark.django_db
def test_browsers_find_an_icon_and_a_manifest(client: Client) -> None:
    answer = client.get("/favicon.ico")
    assert (answer.status_code, answer["Location"]) == (302, "/static/img/icon.svg")
    answer = client.get("/fachtag.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    assert answer.json()["name"] == "Fachtag"
