"""An organiser writes to many, by keyboard, and a worker sends it."""

from collections.abc import Callable

from django.urls import reverse
from playwright.sync_api import Page, expect

from conference.models import Event, Person
from tests.browser.conftest import Server
from tests.browser.test_entering import press, tab_to_field


def test_an_organiser_writes_looks_and_sends_by_keyboard(
    event: Event,
    aylin: Person,
    katrin: Person,
    server: Server,
    worker: None,
    new_page: Callable[..., Page],
    axe: Callable[[Page], list[str]],
) -> None:
    page = new_page(katrin)
    page.goto(reverse("admin:conference_mailing_add"))
    assert axe(page) == []
    tab_to_field(page, "Betreff:")
    page.keyboard.type("Neues zum Fachtag")
    page.keyboard.press("Tab")
    page.keyboard.press("Control+A")
    page.keyboard.type("Guten Tag {name},\n\nschön, dass Sie dabei sind.\n\n{link}\n")
    press(page, page.get_by_role("button", name="Weiter zur Vorschau"))

    expect(page.get_by_text("1 Person erhält diese E-Mail.")).to_be_visible()
    sight = page.frame_locator("iframe >> nth=0")
    expect(sight.get_by_role("heading", level=1)).to_have_text("Neues zum Fachtag")
    expect(sight.get_by_text("Guten Tag Katrin Vogt")).to_be_visible()
    expect(sight.get_by_role("link", name="Zur Veranstaltung eintreten")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    press(page, page.get_by_role("button", name="Jetzt an 1 Person senden"))
    expect(page.get_by_text("Entwurf")).to_have_count(0)  # the browser asks for the tick first
    page.keyboard.press("Space")
    expect(page.get_by_label("Ich habe Text und Empfängerkreis geprüft.")).to_be_checked()
    press(page, page.get_by_role("button", name="Jetzt an 1 Person senden"))
    expect(page.get_by_text("Die E-Mail ist unterwegs.")).to_be_visible()

    until_sent(page)
    assert axe(page) == []
    page.goto(reverse("outbox"))
    mail = page.get_by_role("article", name="Neues zum Fachtag")
    expect(mail).to_contain_text("an aylin@example.org")
    expect(mail).to_contain_text("Guten Tag Aylin Yılmaz")
    page.context.clear_cookies()
    mail.get_by_role("link", name="/anmelden/link/").click()
    page.get_by_role("button", name="Jetzt einloggen").click()
    page.wait_for_url("**" + event.entrance_path)


def until_sent(page: Page) -> None:
    """Within the next minute's round."""
    for _try in range(90):
        if page.get_by_text("Gesendet: 1").count():
            return
        page.wait_for_timeout(1000)
        page.reload()
    raise AssertionError("It was not sent.")
