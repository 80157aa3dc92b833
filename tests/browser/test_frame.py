"""The frame of every page: ways, language, theme, and that all page types are sound."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from conference.models import Event, Forum, Person, Session, Slot
from conference.models import Page as Text
from tests.browser.conftest import Trouble

NewPage = Callable[..., Page]
PATHS = ["", "programm/", "programm/foren-runde-1/", "foren/", "foren/1/", "foyer/"]


@pytest.fixture
def house(event: Event, forum: Forum, slot: Slot, round_one: Session) -> list[str]:
    """The address of each page type of ours, with something to show."""
    Event.objects.filter(pk=event.pk).update(
        title="Quartiersentwicklungsfachveranstaltung im Landkreis",
        subtitle="Dritter Fachtag",
        description="## Worum\n\nEin **Tag** für Gemeinwesenarbeitsverantwortliche.",
        technical_notes="- Browser\n- Ton",
    )
    Text.objects.create(slug="impressum", title="Impressum", body="# Wir\n\nText", position=1)
    inside = [event.get_absolute_url() + path for path in PATHS]
    slot_path = reverse("slot", args=[event.slug, 1, slot.pk])
    return ["/", *inside, slot_path, "/seiten/impressum/", "/nirgendwo/", "/anmelden/"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_page_type_is_accessible_in_both_themes(
    house: list[str],
    scheme: str,
    aylin: Person,
    new_page: NewPage,
    axe: Callable[[Page], list[str]],
    trouble: Trouble,
) -> None:
    trouble.allow("status of 403")  # Aylin has no place in the slot
    trouble.allow("status of 404")
    page = new_page(aylin, color_scheme=scheme)
    for path in house:
        page.goto(path)
        assert (path, axe(page)) == (path, [])


def test_each_page_type_fits_320_pixels(
    house: list[str], aylin: Person, new_page: NewPage, trouble: Trouble
) -> None:
    trouble.allow("status of 403")
    trouble.allow("status of 404")
    page = new_page(aylin, viewport={"width": 320, "height": 640})
    for path in house:
        page.goto(path)
        assert (path, page.evaluate("document.documentElement.scrollWidth")) == (path, 320)


def test_the_keyboard_reaches_content_and_navigation(event: Event, page: Page) -> None:
    page.goto(reverse("programme", args=[event.slug]))
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Zum Inhalt springen")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    way = page.get_by_role("navigation", name="Diese Veranstaltung").get_by_role("link")
    way.first.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{page.url.partition('/veranst')[0]}{event.get_absolute_url()}")


def test_the_language_stays_as_chosen(event: Event, page: Page) -> None:
    page.goto(event.get_absolute_url())
    english = page.get_by_role("button", name="English")
    english.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_attached()
    assert page.url.endswith(event.get_absolute_url())
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("button", name="English")).to_have_attribute("aria-current", "true")


def background(page: Page) -> str:
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


def test_the_theme_stays_as_chosen_and_does_not_flash(event: Event, page: Page) -> None:
    page.goto("/")
    light = background(page)
    dark_button = page.get_by_role("button", name="Dunkel")
    dark_button.focus()
    page.keyboard.press("Enter")
    expect(dark_button).to_have_attribute("aria-pressed", "true")
    dark = background(page)
    assert dark != light
    # The attribute is there before the body is, hence before anything is painted.
    page.add_init_script(
        """new MutationObserver((_changes, observer) => {
            if (!document.body) return;
            window.themeAtFirstPaint = document.documentElement.dataset.kernTheme;
            observer.disconnect();
        }).observe(document, { childList: true, subtree: true });"""
    )
    page.goto(event.get_absolute_url())
    assert page.evaluate("window.themeAtFirstPaint") == "dark"
    assert background(page) == dark
    page.get_by_role("button", name="Wie auf dem Gerät eingestellt").click()
    assert background(page) == light


def test_without_javascript_the_theme_is_the_systems(event: Event, new_page: NewPage) -> None:
    page = new_page(java_script_enabled=False, color_scheme="dark")
    page.goto("/")
    expect(page.locator("theme-switch")).to_be_hidden()
    expect(page.get_by_role("button", name="English")).to_be_visible()


def test_my_menu_opens_by_keyboard_and_lets_me_out(
    event: Event, aylin: Person, new_page: NewPage
) -> None:
    page = new_page(aylin)
    page.goto(event.get_absolute_url())
    summary = page.locator("summary", has_text="Aylin")
    way_out = page.get_by_role("button", name="Ausloggen")
    summary.focus()
    page.keyboard.press("Enter")
    expect(way_out).to_be_visible()
    page.keyboard.press("Escape")
    expect(way_out).to_be_hidden()
    expect(summary).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("main").click(position={"x": 2, "y": 2})
    expect(way_out).to_be_hidden()
    summary.click()
    way_out.click()
    expect(page.get_by_role("link", name="Einloggen", exact=True)).to_be_visible()


def test_an_unknown_address_leads_on(event: Event, page: Page, trouble: Trouble) -> None:
    trouble.allow("status of 404")
    page.goto("/nirgendwo/")
    page.get_by_role("link", name="Alle Veranstaltungen mit ihren Programmen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(event.title)


def test_a_failure_in_between_is_told_beside_what_stands(
    event: Event, round_one: Session, page: Page, trouble: Trouble
) -> None:
    trouble.allow("status of 404")
    path = reverse("programme", args=[event.slug])
    page.goto(path)
    Event.objects.update(published_at=None)
    page.get_by_role("link", name="Tag 1").click()
    expect(page.locator("#meldungen")).to_contain_text("Unter dieser Adresse gibt es nichts")
    expect(page.get_by_role("link", name=round_one.title)).to_be_visible()


def test_the_administration_is_ours_and_keeps_to_the_policy(
    event: Event, katrin: Person, new_page: NewPage
) -> None:
    page = new_page(katrin)
    page.goto("/verwaltung/")
    assert page.evaluate("getComputedStyle(document.body).fontFamily").startswith('"Fira Sans"')
    page.goto(reverse("admin:conference_event_change", args=[event.pk]))
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_on_a_phone_the_current_tab_is_in_view(
    new_page: NewPage, slot: Slot, aylin: Person
) -> None:
    page = new_page(aylin, viewport={"width": 390, "height": 800})
    page.goto(reverse("forums", args=[slot.forum.event.slug]))
    tab = page.get_by_role("navigation", name="Diese Veranstaltung").locator("[aria-current]")
    expect(tab).to_have_text("Foren")
    box = tab.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
