"""What helps people to talk: answers, drafts, links, days."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from chat.models import Room
from conference.models import Person
from marketplace.models import Stand
from tests.browser.test_chat import SOON, enter, messages, write

NewPage = Callable[..., Page]


@pytest.fixture
def room(stand: Stand, aylin: Person) -> Room:
    stand.room.admit(aylin)
    return stand.room


def test_an_answer_by_keyboard_quotes_and_leads_back(
    new_page: NewPage,
    stand: Stand,
    room: Room,
    aylin: Person,
    jonas: Person,
    axe: Callable[[Page], list[str]],
) -> None:
    for number in range(30):
        room.post(jonas, f"Nummer {number + 1}.", uuid4())
    page, lead = enter(new_page(aylin), stand), enter(new_page(jonas), stand)
    first = page.locator(".message").nth(0)
    first.get_by_role("link", name="Antworten").focus()
    page.keyboard.press("Enter")
    field = page.get_by_label("Ihre Nachricht")
    expect(field).to_be_focused()
    quoted = page.locator(".composer__answers .quote")
    expect(quoted).to_have_text("Antwort auf: Jonas Weber Nummer 1.")
    assert axe(page) == []
    page.keyboard.press("Escape")
    expect(quoted).to_be_hidden()
    first.get_by_role("link", name="Antworten").click()
    write(page, "Darauf antworte ich")
    expect(page.locator(".composer__answers")).to_be_hidden()
    link = lead.locator(".message").last.locator(".quote")
    expect(link).to_have_text(
        "Antwort auf: Jonas Weber Nummer 1.", timeout=SOON, use_inner_text=True
    )
    link.focus()
    lead.keyboard.press("Enter")
    original = lead.locator(f"#message-{room.pk}-1")
    expect(original).to_be_focused()
    expect(original).to_be_in_viewport()
    original.get_by_role("link", name="Löschen").click()
    original.get_by_role("button", name="Löschen").click()
    last = page.locator(".message").last.locator(".quote")
    expect(last).to_have_text(
        "Antwort auf: Diese Nachricht gibt es nicht mehr.", timeout=SOON, use_inner_text=True
    )
    assert room.messages.get(number=31).answers_to == room.messages.get(number=1)


def test_without_javascript_people_answer(
    new_page: NewPage, stand: Stand, room: Room, aylin: Person, jonas: Person
) -> None:
    room.post(jonas, "Was möchten Sie wissen?", uuid4())
    page = new_page(aylin, java_script_enabled=False)
    page.goto(stand.get_absolute_url())
    page.get_by_role("link", name="Antworten").click()
    expect(page.locator(".composer__answers")).to_contain_text("Was möchten Sie wissen?")
    page.get_by_label("Ihre Nachricht").fill("Alles")
    page.get_by_role("button", name="Senden").click()
    assert page.url.endswith(stand.get_absolute_url())
    expect(messages(page).last).to_have_text("Alles")
    expect(page.locator(".message").last.locator(".quote")).to_contain_text("Was möchten Sie")


def test_what_is_not_sent_yet_is_kept_per_room(
    new_page: NewPage, stand: Stand, room: Room, aylin: Person, jonas: Person
) -> None:
    room.post(jonas, "Was möchten Sie wissen?", uuid4())
    page = enter(new_page(aylin), stand)
    page.get_by_role("link", name="Antworten").click()
    page.get_by_label("Ihre Nachricht").fill("Noch nicht fertig")
    page.goto(stand.event.entrance_path)
    expect(page.get_by_label("Ihre Nachricht")).to_have_value("")
    enter(page, stand)
    field = page.get_by_label("Ihre Nachricht")
    expect(field).to_have_value("Noch nicht fertig")
    expect(page.locator(".composer__answers")).to_contain_text("Was möchten Sie wissen?")
    field.press("Enter")
    expect(messages(page)).to_have_text(["Was möchten Sie wissen?", "Noch nicht fertig"])
    enter(page, stand)
    expect(page.get_by_label("Ihre Nachricht")).to_have_value("")
    expect(page.locator(".composer__answers")).to_be_hidden()


def test_a_copied_link_leads_to_its_message_among_the_others(
    new_page: NewPage,
    stand: Stand,
    room: Room,
    aylin: Person,
    jonas: Person,
    axe: Callable[[Page], list[str]],
) -> None:
    for number in range(120):
        room.post(jonas, f"Nummer {number + 1}.", uuid4())
    page = new_page(aylin)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{room.get_absolute_url()}?before=40")
    row = page.locator(f"#message-{room.pk}-20")
    row.get_by_role("link", name="Link kopieren").click()
    expect(row.get_by_role("link", name="Link kopiert")).to_be_visible()
    page.goto(page.evaluate("navigator.clipboard.readText()"))
    expect(row).to_be_in_viewport()
    expect(messages(page)).to_have_count(44)
    assert axe(page) == []
    page.get_by_role("link", name="Neuere Nachrichten").click()
    expect(page.get_by_text("Nummer 60.", exact=True)).to_be_attached()
    page.get_by_role("link", name="Neueste Nachrichten").click()
    expect(page.get_by_text("Nummer 120.", exact=True)).to_be_in_viewport()


def test_a_day_is_found(
    new_page: NewPage, stand: Stand, room: Room, aylin: Person, jonas: Person
) -> None:
    for number in range(80):
        room.post(jonas, f"Nummer {number + 1}.", uuid4())
    room.messages.filter(number__lt=20).update(posted_at="2026-07-15 08:00+00:00")
    room.messages.filter(number=20).update(posted_at="2026-07-16 08:00+00:00")
    page = enter(new_page(aylin), stand)
    page.locator("summary", has_text="Suchen").press("Enter")
    page.get_by_label("Nachrichten ab").fill("2026-07-16")
    page.get_by_role("button", name="Anzeigen").click()
    expect(messages(page).first).to_have_text("Nummer 1.")
    expect(page.get_by_text("Nummer 20.", exact=True)).to_be_in_viewport()
    page.get_by_role("link", name="Zurück zur Seite").click()
    assert page.url.endswith(stand.get_absolute_url())
