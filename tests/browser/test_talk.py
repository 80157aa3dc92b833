"""What helps people to talk: answers, drafts, links, days."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from chat.models import Room
from conference.models import Person
from marketplace.models import Stand
from tests.browser.test_chat import SOON, choose, enter, messages, write

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
    choose(original, "Löschen")
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
    page.goto(room.get_absolute_url())  # nothing is new any more
    page.goto(f"{room.get_absolute_url()}?before=40")
    row = page.locator(f"#message-{room.pk}-20")
    choose(row, "Link kopieren")
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
    page.locator("summary", has_text="Suche und Signale").press("Enter")
    page.get_by_label("Nachrichten ab").fill("2026-07-16")
    page.get_by_role("button", name="Anzeigen").click()
    expect(messages(page).first).to_have_text("Nummer 1.")
    expect(page.get_by_text("Nummer 20.", exact=True)).to_be_in_viewport()
    page.get_by_role("link", name="Zurück zur Seite").click()
    assert page.url.endswith(stand.get_absolute_url())


def test_what_is_new_is_marked_where_one_left_off(
    new_page: NewPage, stand: Stand, room: Room, aylin: Person, jonas: Person
) -> None:
    page = enter(new_page(aylin), stand)
    lead = enter(new_page(jonas), stand)
    write(lead, "Schon gesehen")
    expect(messages(page)).to_have_count(1)
    page.wait_for_timeout(6_000)  # until the server knows
    page.goto("about:blank")
    for number in range(30):
        room.post(jonas, f"Nummer {number + 1}.", uuid4())
    enter(page, stand)
    page.locator(".chat__scroll").scroll_into_view_if_needed()
    line = page.locator(".chat__unread")
    expect(line).to_have_text("Neu seit Ihrem letzten Besuch")
    expect(line).to_be_in_viewport()
    below = page.locator(".chat__unread + .message, .chat__unread + .chat__day + .message")
    expect(below.locator(".message__body")).to_have_text("Nummer 1.")
    page.reload()
    expect(line).to_have_count(0)


def test_who_is_named_is_told_on_another_page(
    new_page: NewPage,
    stand: Stand,
    room: Room,
    aylin: Person,
    jonas: Person,
    axe: Callable[[Page], list[str]],
) -> None:
    page, lead = new_page(aylin), enter(new_page(jonas), stand)
    page.goto(stand.event.get_absolute_url())
    expect(page.locator(".bell__count")).to_be_hidden()
    page.wait_for_timeout(1_000)  # until its socket is there
    field = lead.get_by_label("Ihre Nachricht")
    field.press_sequentially("Guten Tag, @ay")
    option = lead.get_by_role("option", name="Aylin Yılmaz")
    expect(option).to_have_attribute("aria-selected", "true")
    assert axe(lead) == []
    field.press("Escape")
    expect(option).to_be_hidden()
    field.press_sequentially("l")
    expect(option).to_be_visible()
    field.press("Enter")
    expect(field).to_have_value("Guten Tag, @Aylin Yılmaz ")
    field.press("Enter")
    expect(lead.locator(".mention")).to_have_text("@Aylin Yılmaz")
    news = page.get_by_role("link", name="Jonas Weber hat Sie erwähnt")
    expect(news).to_be_visible()
    expect(page.locator(".bell__number")).to_have_text("1")
    assert axe(page) == []
    page.locator(".bell__link").click()
    assert axe(page) == []
    page.get_by_role("link", name="Guten Tag, @Aylin Yılmaz").click()
    expect(page.locator(".mention[data-me]")).to_be_in_viewport()
    page.reload()
    expect(page.locator(".bell__count")).to_be_hidden()


def test_without_javascript_notices_are_on_the_next_page(
    new_page: NewPage, stand: Stand, room: Room, aylin: Person, jonas: Person
) -> None:
    room.post(jonas, "@Aylin Yılmaz, kommen Sie vorbei!", uuid4())
    page = new_page(aylin, java_script_enabled=False)
    page.goto(stand.event.get_absolute_url())
    page.get_by_role("link", name="Hinweise 1 neu").click()
    page.get_by_role("link", name="kommen Sie vorbei").click()
    expect(messages(page)).to_have_text(["@Aylin Yılmaz, kommen Sie vorbei!"])


def test_words_are_found_from_within_a_room(
    new_page: NewPage,
    stand: Stand,
    room: Room,
    aylin: Person,
    jonas: Person,
    axe: Callable[[Page], list[str]],
) -> None:
    room.post(jonas, "Das Bürgerhaus wird umgebaut.", uuid4())
    for number in range(80):
        room.post(jonas, f"Nummer {number + 1}.", uuid4())
    page = enter(new_page(aylin, viewport={"width": 320, "height": 640}), stand)
    page.locator("summary", has_text="Suche und Signale").press("Enter")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_label("Nachrichten mit den Wörtern").fill("buergerhaus")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="1 Nachricht gefunden")).to_be_visible()
    expect(page.get_by_label("Wo")).to_have_value(str(room.pk))
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("link", name="Bürgerhaus").click()
    expect(page.get_by_text("Das Bürgerhaus wird umgebaut.")).to_be_in_viewport()


def test_sound_and_title_tell_of_new_messages_unless_switched_off(
    new_page: NewPage, stand: Stand, room: Room, aylin: Person, jonas: Person
) -> None:
    page = new_page(aylin)
    page.add_init_script(
        """window.notes = 0;
        const make = AudioContext.prototype.createOscillator;
        AudioContext.prototype.createOscillator = function () {
            window.notes += 1;
            return make.call(this);
        };
        window.isAway = false;
        Object.defineProperty(document, "hidden", { get: () => window.isAway });"""
    )
    enter(page, stand)
    lead = enter(new_page(jonas), stand)
    title = page.title()
    write(lead, "Eins")
    expect(messages(page)).to_have_count(1)
    assert (page.evaluate("window.notes"), page.title()) == (0, title)
    page.locator("summary", has_text="Suche und Signale").click()
    page.get_by_role("button", name="Ton bei neuen Nachrichten").click()
    assert page.evaluate("window.notes") == 2
    enter(page, stand)
    page.evaluate("window.isAway = true")
    write(lead, "Zwei")
    expect(page).to_have_title(f"(1) {title}")
    assert page.evaluate("window.notes") == 2
    page.evaluate(
        "window.isAway = false; document.dispatchEvent(new Event('visibilitychange'))"
    )
    expect(page).to_have_title(title)
    page.locator("summary", has_text="Suche und Signale").click()
    page.get_by_role("button", name="Neue Nachrichten im Fenstertitel zählen").click()
    page.evaluate("window.isAway = true")
    write(lead, "Drei")
    expect(messages(page)).to_have_count(3)
    assert page.title() == title
