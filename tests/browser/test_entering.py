"""A newcomer comes in, by keyboard alone: form, mail, button, foyer."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from conference.models import Event, Person, Registration
from tests.browser.conftest import Trouble


def tab_to(page: Page, target: Locator) -> None:
    for _stop in range(60):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"The tab key does not reach {target}.")


def tab_to_field(page: Page, label: str) -> None:
    tab_to(page, page.get_by_label(label))


def press(page: Page, target: Locator) -> None:
    tab_to(page, target)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("has_javascript", [True, False])
def test_a_newcomer_registers_confirms_and_enters_by_keyboard(
    has_javascript: bool,
    event: Event,
    worker: None,
    new_page: Callable[..., Page],
    axe: Callable[[Page], list[str]],
    trouble: Trouble,
) -> None:
    def check(page: Page) -> None:
        if has_javascript:  # axe is some
            assert axe(page) == []

    trouble.allow("status of 422")
    page = new_page(java_script_enabled=has_javascript)
    page.goto(reverse("register", args=[event.slug]))
    check(page)
    tab_to_field(page, "Vor- und Nachname")
    page.keyboard.type("Maria Ölschläger")
    page.keyboard.press("Tab")
    page.keyboard.type("maria.example.org")
    page.keyboard.press("Enter")

    expect(page).to_have_title(
        "Fehler: Zur Veranstaltung anmelden – Fachtag Quartier – Fachtag"
    )
    check(page)
    errors = page.get_by_role("group", name="Bitte sehen Sie sich das noch einmal an")
    expect(errors).to_be_focused()
    press(page, errors.get_by_role("link").first)
    expect(page.get_by_label("E-Mail-Adresse")).to_be_focused()
    expect(page.get_by_label("E-Mail-Adresse")).to_have_value("maria.example.org")
    expect(page.get_by_label("Vor- und Nachname")).to_have_value("Maria Ölschläger")
    page.keyboard.press("Control+A")
    page.keyboard.type("Maria @example.org")
    tab_to_field(page, "Ich bin einverstanden")
    page.keyboard.press("Space")
    press(page, page.get_by_role("button", name="Anmelden", exact=True))

    expect(page.get_by_role("heading", level=1)).to_have_text("Bitte sehen Sie in Ihr Postfach")
    check(page)
    press(page, page.get_by_role("link", name="Zum Postausgang der Demo"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Postausgang der Demo")
    while not page.get_by_text("an maria@example.org").count():
        page.reload()  # a worker sends it
    check(page)
    press(page, page.get_by_role("article").first.get_by_role("link").first)

    expect(page.get_by_role("heading", level=1)).to_have_text("Anmeldung bestätigen")
    check(page)
    assert Registration.objects.get().confirmed_at is None
    press(page, page.get_by_role("button", name="Bestätigen und eintreten"))
    page.wait_for_url("**" + event.entrance_path)
    assert Registration.objects.get().confirmed_at is not None

    page.goto(reverse("registration", args=[event.slug]))
    check(page)
    expect(page.get_by_label("Vor- und Nachname")).to_have_value("Maria Ölschläger")


def test_the_other_doors_are_accessible_too(
    event: Event,
    aylin: Person,
    new_page: Callable[..., Page],
    axe: Callable[[Page], list[str]],
    trouble: Trouble,
) -> None:
    trouble.allow("status of 410")
    stranger, page = new_page(), new_page(aylin)
    for door, path in [
        (stranger, reverse("login")),
        (stranger, reverse("login_password")),
        (stranger, reverse("login_link", args=["unknown"])),
        (stranger, reverse("demo")),
        (page, reverse("registration_cancel", args=[event.slug])),
    ]:
        door.goto(path)
        assert (path, axe(door)) == (path, [])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_forms_fit_a_narrow_screen(
    theme: str, event: Event, aylin: Person, new_page: Callable[..., Page], trouble: Trouble
) -> None:
    trouble.allow("status of 422")
    stranger = new_page(viewport={"width": 320, "height": 640}, color_scheme=theme)
    stranger.goto(reverse("register", args=[event.slug]))
    stranger.get_by_role("button", name="Anmelden", exact=True).click()
    page = new_page(aylin, viewport={"width": 320, "height": 640}, color_scheme=theme)
    page.goto(reverse("registration", args=[event.slug]))
    for narrow in (stranger, page):
        width = narrow.evaluate("document.documentElement.scrollWidth")
        assert width <= 320
