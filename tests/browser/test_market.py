from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from conference.models import Event, Person
from marketplace.models import Offer, Stand
from tests.browser.conftest import Trouble
from tests.files import PDF, picture
from tests.marketplace.conftest import Add, add, offer

__all__ = ["add", "offer"]
NewPage = Callable[..., Page]


@pytest.fixture
def market(event: Event, stand: Stand, add: Add) -> str:
    """Three stands in two topics; gives the market's address."""
    add("Nähcafé", topic="vielfalt")
    add("Digitallotsen", topic="vielfalt", summary="Hilfe am Handy")
    return reverse("market:index", args=[event.slug])


def titles(page: Page) -> list[str]:
    return page.locator(".stand-card__title").all_inner_texts()


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.id")


# -- finding


def test_stands_are_found_without_javascript(new_page: NewPage, market: str) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(market)
    page.get_by_label("Was suchen Sie?").fill("HANDY")
    page.get_by_label("Vielfalt").check()
    page.get_by_role("button", name="Suchen").click()
    assert titles(page) == ["Digitallotsen"]
    expect(page.get_by_role("heading", name="1 Stand gefunden")).to_be_visible()
    page.get_by_role("link", name="„HANDY“ – diesen Filter entfernen").click()
    assert titles(page) == ["Digitallotsen", "Nähcafé"]
    expect(page.get_by_label("Vielfalt")).to_be_checked()
    expect(page.get_by_label("Was suchen Sie?")).to_have_value("")


def test_who_types_stays_where_they_are(new_page: NewPage, market: str) -> None:
    page = new_page()
    page.goto(market)
    search = page.get_by_label("Was suchen Sie?")
    search.press_sequentially("naehcaf", delay=30)
    expect(page.get_by_role("status")).to_have_text("1 Stand gefunden")
    assert (focused(page), search.input_value()) == ("suche", "naehcaf")
    assert page.url.endswith("?suche=naehcaf")
    page.get_by_label("Leben im Dorf").check()
    expect(page.get_by_role("status")).to_have_text("Kein Stand gefunden")
    assert page.url.endswith("?thema=dorf&suche=naehcaf")
    page.go_back()
    expect(page.get_by_role("status")).to_have_text("1 Stand gefunden")


def test_a_filter_taken_away_leaves_the_focus_at_the_number(
    new_page: NewPage, market: str
) -> None:
    page = new_page()
    page.goto(f"{market}?thema=vielfalt&suche=handy")
    page.get_by_role("link", name="Vielfalt – diesen Filter entfernen").press("Enter")
    expect(page.get_by_label("Alle Themen")).to_be_checked()
    expect(page.get_by_label("Was suchen Sie?")).to_have_value("handy")
    assert focused(page) == "anzahl"
    assert page.url.endswith("?suche=handy")


# -- strolling


def test_the_stroll_goes_on_by_keyboard_and_back_to_what_was_looked_for(
    new_page: NewPage, market: str
) -> None:
    page = new_page()
    page.goto(f"{market}?thema=vielfalt")
    page.get_by_role("link", name="Digitallotsen").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Digitallotsen")
    page.get_by_role("link", name="Nächster Stand").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nähcafé")
    page.get_by_role("link", name="Vorheriger Stand").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Digitallotsen")
    page.get_by_role("link", name="Zurück zum Markt").press("Enter")
    expect(page.get_by_role("status")).to_have_text("2 Stände gefunden")


def test_a_visitor_and_the_lead_see_each_other(
    new_page: NewPage, market: str, stand: Stand, aylin: Person, jonas: Person
) -> None:
    lead, visitor = new_page(jonas), new_page(aylin)
    lead.goto(stand.get_absolute_url())
    lead.wait_for_timeout(500)
    visitor.goto(stand.get_absolute_url())
    expect(visitor.get_by_text("ist gerade da", exact=True)).to_be_visible()
    visitor.goto(market)
    expect(visitor.get_by_text("Ansprechperson ist da")).to_be_visible()


# -- keeping a stand


@pytest.fixture
def jpeg(tmp_path: Path) -> Path:
    path = tmp_path / "laden.jpg"
    path.write_bytes(picture().read())
    return path


def test_a_lead_edits_the_stand_and_hangs_a_picture(
    new_page: NewPage, market: str, stand: Stand, jonas: Person, jpeg: Path
) -> None:
    page = new_page(jonas)
    page.goto(market)
    page.get_by_role("link", name="Meine Stände").click()
    page.get_by_role("link", name="Bearbeiten").click()
    page.get_by_label("Titel").first.fill("Dorfladen mit Café")
    page.locator("#id_picture").set_input_files(jpeg)
    page.get_by_label("Bild in Worten").fill("Links rot, rechts blau")
    page.get_by_role("button", name="Speichern").click()
    expect(page.get_by_text("Ihr Stand ist gespeichert.")).to_be_visible()
    page.get_by_role("link", name="Vorschau").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dorfladen mit Café")
    shown = page.get_by_role("img", name="Links rot, rechts blau")
    expect(shown).to_be_visible()
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth > 0)") is True


def test_a_wrong_file_gets_its_sentence_and_what_was_typed_stays(
    new_page: NewPage, stand: Stand, jonas: Person, tmp_path: Path, trouble: Trouble
) -> None:
    trouble.allow("status of 422")
    wrong = tmp_path / "foto.jpg"
    wrong.write_bytes(PDF)
    page = new_page(jonas)
    page.goto(reverse("market:stand_edit", args=[stand.event.slug, stand.slug]))
    page.get_by_label("Titel").first.fill("Dorfladen mit Café")
    page.locator("#id_picture").set_input_files(wrong)
    page.get_by_role("button", name="Speichern").click()
    error = page.locator("#id_picture_error")
    expect(error).to_have_text(
        "Diese Datei ist kein Bild, das wir lesen können. "
        "Bitte wählen Sie ein JPEG, PNG oder WebP."
    )
    expect(page.get_by_label("Titel").first).to_have_value("Dorfladen mit Café")
    expect(page.get_by_role("group", name="Bitte sehen Sie")).to_be_focused()


# -- for everyone


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_market_is_accessible_and_fits_a_small_phone(
    new_page: NewPage,
    market: str,
    stand: Stand,
    offer: Offer,
    jonas: Person,
    axe: Callable[[Page], list[str]],
    scheme: Any,
) -> None:
    page = new_page(jonas, viewport={"width": 320, "height": 640}, color_scheme=scheme)
    event = stand.event
    for address in [
        market,
        f"{market}?suche=raumschiff&thema=dorf",
        stand.get_absolute_url(),
        reverse("market:mine", args=[event.slug]),
        reverse("market:stand_edit", args=[event.slug, stand.slug]),
    ]:
        page.goto(address)
        assert (address, axe(page)) == (address, [])
        assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_shut_market_is_accessible(
    new_page: NewPage, event: Event, axe: Callable[[Page], list[str]]
) -> None:
    Event.objects.update(market_opens_at=None)
    page = new_page()
    page.goto(reverse("market:index", args=[event.slug]))
    expect(page.get_by_role("heading", level=2).first).to_have_text(
        "Wann der Markt öffnet, steht noch nicht fest."
    )
    assert axe(page) == []
