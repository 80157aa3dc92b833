"""Direct messages, from the first word to the last, in two browsers and by keyboard."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from chat.models import Reachable, Talk
from conference.models import Event, Person
from tests.browser.conftest import Trouble
from tests.browser.test_chat import choose, messages, write

NewPage = Callable[..., Page]
SOON = 3_000  # milliseconds
LIVE = "Neue Nachrichten erscheinen von selbst."
UNREACHABLE = "Diese Person ist über Direktnachrichten nicht erreichbar."


def foyer(page: Page, event: Event) -> Page:
    page.goto(f"{event.get_absolute_url()}foyer/")
    expect(page.locator(".chat__state")).to_have_text(LIVE)
    return page


def press(page: Page, role: str, name: str) -> None:
    """By the keyboard alone."""
    control = page.get_by_role(role, name=name).first
    control.focus()
    page.keyboard.press("Enter")


def heading(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


@pytest.fixture
def talk(event: Event, aylin: Person, gerd: Person) -> Talk:
    """Aylin has asked Gerd."""
    for person in (aylin, gerd):
        event.enter(person)
        Reachable.say(person, is_reachable=True)
    return Talk.begin(aylin, gerd, "Guten Tag, Herr Hoffmann", uuid4(), event.room).room.talk


def test_two_people_find_each_other_talk_and_part_by_keyboard(
    new_page: NewPage, event: Event, aylin: Person, gerd: Person, trouble: Trouble
) -> None:
    trouble.allow("status of 409")
    Reachable.say(gerd, is_reachable=True)
    visitor, other = foyer(new_page(aylin), event), foyer(new_page(gerd), event)
    press(visitor, "link", "Direkt schreiben an Gerd Hoffmann")
    expect(heading(visitor)).to_have_text(
        "Sie haben Direktnachrichten ausgeschaltet. Niemand kann Ihnen antworten."
    )
    press(visitor, "button", "Andere Teilnehmende dürfen mir direkt schreiben")
    expect(heading(visitor)).to_have_text("An Gerd Hoffmann schreiben")
    visitor.get_by_label("Ihre Nachricht").fill("Wie haben Sie den Laden finanziert?")
    press(visitor, "button", "Anfrage senden")
    expect(heading(visitor)).to_have_text("Gerd Hoffmann")
    expect(visitor.locator(".composer__rule")).to_have_text(
        "Sie können weiterschreiben, sobald Ihre Anfrage angenommen ist."
    )
    expect(visitor.get_by_role("button", name="Senden")).to_be_hidden()
    expect(other.locator(".bell__number")).to_have_text("1", timeout=SOON)
    press(other, "link", "Aylin Yılmaz hat Ihnen geschrieben.")
    expect(messages(other)).to_have_text(["Wie haben Sie den Laden finanziert?"])
    press(other, "button", "Annehmen")
    expect(visitor.locator(".composer__rule")).to_have_text("", timeout=SOON)
    write(other, "Mit Anteilen zu 50 Euro.")
    expect(messages(visitor)).to_have_count(2, timeout=SOON)
    write(visitor, "Und wie viele haben mitgemacht?")
    expect(messages(other)).to_have_count(3, timeout=SOON)
    press(other, "button", "Aylin Yılmaz blockieren")
    expect(other.get_by_text("Aylin Yılmaz ist blockiert")).to_be_visible()
    expect(visitor.locator(".composer__rule")).to_have_text(UNREACHABLE, timeout=SOON)
    expect(visitor.get_by_role("button", name="Senden")).to_be_hidden()
    press(other, "button", "Blockierung aufheben")
    expect(visitor.get_by_role("button", name="Senden")).to_be_visible(timeout=SOON)


def test_who_is_here_has_no_way_to_oneself(
    new_page: NewPage, event: Event, aylin: Person, gerd: Person
) -> None:
    foyer(new_page(gerd), event)
    page = foyer(new_page(aylin), event)
    links = page.get_by_role("link", name="Direkt schreiben")
    expect(links).to_have_count(1, timeout=SOON)
    page.reload()
    expect(links).to_have_count(1)


def test_a_reported_message_is_shown_to_the_organisers(
    new_page: NewPage, event: Event, talk: Talk, gerd: Person, katrin: Person
) -> None:
    page = new_page(gerd)
    page.goto(talk.room.get_absolute_url())
    expect(page.locator(".chat__state")).to_have_text(LIVE)
    choose(page.locator(".message"), "Melden")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Was ist an dieser Nachricht nicht in Ordnung?").fill("Werbung")
    press(page, "button", "Den Veranstaltenden zeigen")
    expect(page.locator(".panel__done")).to_contain_text("Die Veranstaltenden sehen sich")
    organiser = new_page(katrin)
    organiser.goto(f"{event.get_absolute_url()}meldungen/")
    expect(organiser.locator(".report__body")).to_have_text("Guten Tag, Herr Hoffmann")
    organiser.get_by_role("button", name="Nachricht für beide ausblenden").click()
    expect(page.get_by_text("Die Moderation hat diese Nachricht ausgeblendet.")).to_be_visible(
        timeout=SOON
    )


def test_without_javascript_requests_are_made_and_answered(
    new_page: NewPage, event: Event, aylin: Person, gerd: Person
) -> None:
    for person in (aylin, gerd):
        Reachable.say(person, is_reachable=True)
        event.enter(person)
    other = new_page(gerd, java_script_enabled=False)
    other.goto(f"{event.get_absolute_url()}foyer/")
    page = new_page(aylin, java_script_enabled=False)
    page.goto(f"{event.get_absolute_url()}foyer/")
    page.locator(".here summary").click()
    page.get_by_role("link", name="Direkt schreiben an Gerd Hoffmann").click()
    page.get_by_label("Ihre Nachricht").fill("Guten Tag")
    page.get_by_role("button", name="Anfrage senden").click()
    expect(messages(page)).to_have_text(["Guten Tag"])
    other.goto("/chat/hinweise/")
    other.get_by_role("link", name="Direktnachrichten (1 neue Nachricht)").click()
    other.get_by_role("button", name="Annehmen").click()
    other.get_by_label("Ihre Nachricht").fill("Grüß Gott")
    other.get_by_role("button", name="Senden").click()
    expect(messages(other)).to_have_text(["Guten Tag", "Grüß Gott"])
    other.get_by_role("button", name="Aylin Yılmaz blockieren").click()
    other.get_by_role("button", name="Blockierung aufheben").click()
    other.get_by_role("button", name="Direktnachrichten ausschalten").click()
    assert not Reachable.is_said_by(gerd)


def test_all_of_it_is_accessible_and_fits(
    new_page: NewPage,
    event: Event,
    talk: Talk,
    aylin: Person,
    gerd: Person,
    katrin: Person,
    axe: Callable[[Page], list[str]],
    trouble: Trouble,
) -> None:
    trouble.allow("status of 403")
    event.enter(katrin)
    way = f"{event.room.get_absolute_url()}personen"
    for theme in ["light", "dark"]:
        options = {"color_scheme": theme, "viewport": {"width": 320, "height": 640}}
        for person in (aylin, gerd):
            page = new_page(person, **options)
            for address in [
                "/chat/direkt/",
                talk.room.get_absolute_url(),
                f"{talk.room.get_absolute_url()}nachrichten/1/",
                f"{way}/{katrin.pk}/direkt/",
            ]:
                page.goto(address)
                assert axe(page) == []
                assert page.evaluate("document.documentElement.scrollWidth") <= 320
        page.goto(talk.room.get_absolute_url())
        page.get_by_role("button", name="Aylin Yılmaz blockieren").click()
        assert axe(page) == []
        page.get_by_role("button", name="Blockierung aufheben").click()
