"""What people do in a room, in two browsers and without any help from scripts."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, WebSocketRoute, expect

from chat.models import Room
from conference.models import Person
from marketplace.models import Stand
from tests.browser.conftest import Trouble

NewPage = Callable[..., Page]
SOON = 1_000  # milliseconds


@pytest.fixture
def room(stand: Stand) -> Room:
    return stand.room


def enter(page: Page, stand: Stand) -> Page:
    page.goto(stand.get_absolute_url())
    expect(page.locator(".chat__state")).to_have_text("Neue Nachrichten erscheinen von selbst.")
    return page


def enter_without_socket(page: Page, stand: Stand) -> Page:
    page.add_init_script("delete window.WebSocket")
    page.goto(stand.get_absolute_url())
    expect(page.locator(".chat__state")).to_have_text("Neue Nachrichten alle paar Sekunden.")
    return page


def write(page: Page, text: str) -> None:
    field = page.get_by_label("Ihre Nachricht")
    field.fill(text)
    field.press("Enter")


def messages(page: Page) -> Locator:
    return page.locator(".message:not(.message--pending) .message__body")


def choose(row: Locator, name: str) -> None:
    """From the menu of this message."""
    row.get_by_role("button", name="Mehr zu dieser Nachricht").click()
    row.get_by_role("link", name=name).click()


def edit_by_keys(page: Page) -> None:
    for key in ["Enter", "Tab", "Tab", "Enter"]:  # open the menu, past "copy link"
        page.keyboard.press(key)


def bodies(room: Room) -> list[str]:
    return list(room.messages.values_list("body", flat=True))


def test_attendee_and_lead_see_each_others_messages_within_a_second(
    new_page: NewPage, stand: Stand, room: Room, aylin: Person, jonas: Person
) -> None:
    visitor, lead = enter(new_page(aylin), stand), enter(new_page(jonas), stand)
    write(visitor, "Guten Tag! Wie fing alles an?")
    expect(messages(lead)).to_have_text(["Guten Tag! Wie fing alles an?"], timeout=SOON)
    write(lead, "Mit einem Stammtisch.")
    expect(messages(visitor)).to_have_text(
        ["Guten Tag! Wie fing alles an?", "Mit einem Stammtisch."], timeout=SOON
    )
    expect(visitor.locator(".message[data-own] .message__body")).to_have_count(1)
    expect(visitor.locator(".message .badge")).to_have_text("Gastgeber/in", use_inner_text=True)
    expect(visitor.get_by_label("Ihre Nachricht")).to_be_focused()
    expect(visitor.get_by_label("Ihre Nachricht")).to_have_value("")


def test_edits_deletions_and_hiding_arrive_live(
    new_page: NewPage, stand: Stand, room: Room, aylin: Person, jonas: Person
) -> None:
    visitor, lead = enter(new_page(aylin), stand), enter(new_page(jonas), stand)
    for text in ["Guten Tak", "Ups", "Kaufen Sie!"]:
        write(visitor, text)
    expect(messages(lead)).to_have_count(3, timeout=SOON)
    rows = visitor.locator(".message")
    choose(rows.nth(0), "Bearbeiten")
    field = visitor.get_by_label("Nachricht bearbeiten")
    expect(field).to_be_focused()
    field.fill("Guten Tag")
    field.press("Enter")
    expect(messages(lead).nth(0)).to_have_text("Guten Tag", timeout=SOON)
    choose(rows.nth(1), "Löschen")
    rows.nth(1).get_by_role("button", name="Löschen").click()
    expect(lead.get_by_text("Diese Nachricht wurde gelöscht.")).to_be_visible(timeout=SOON)
    choose(lead.locator(".message").nth(2), "Ausblenden")
    hidden = visitor.get_by_text("Die Moderation hat diese Nachricht ausgeblendet.")
    expect(hidden).to_be_visible(timeout=SOON)
    expect(messages(visitor)).to_have_text(["Guten Tag"])
    assert bodies(room) == ["Guten Tag", "", "Kaufen Sie!"]
    lead.get_by_role("link", name="Wieder einblenden").click()
    expect(messages(visitor)).to_have_text(["Guten Tag", "Kaufen Sie!"], timeout=SOON)
    expect(visitor.get_by_role("link", name="Ausblenden")).to_have_count(0)


def test_html_is_shown_as_text_and_addresses_are_links(
    new_page: NewPage, stand: Stand, aylin: Person
) -> None:
    page = enter(new_page(aylin), stand)
    text = "<img src=x onerror=alert(1)> www.example.org\nzweite Zeile"
    page.get_by_label("Ihre Nachricht").fill(text)
    page.get_by_role("button", name="Senden").click()
    expect(messages(page)).to_have_text([text])
    assert messages(page).inner_text().startswith("<img src=x onerror=alert(1)> www.")
    link = messages(page).get_by_role("link")
    expect(link).to_have_attribute("href", "http://www.example.org")
    expect(messages(page).locator("img")).to_have_count(0)


def test_without_javascript_people_read_write_and_edit(
    new_page: NewPage, stand: Stand, room: Room, aylin: Person, jonas: Person, trouble: Trouble
) -> None:
    for number in range(52):
        room.post(jonas, f"Nummer {number + 1}.", uuid4())
    page = new_page(aylin, java_script_enabled=False)
    page.goto(stand.get_absolute_url())
    page.get_by_label("Ihre Nachricht").fill("Ohne Skripte")
    page.get_by_role("button", name="Senden").click()
    assert page.url.endswith(stand.get_absolute_url())
    expect(messages(page).last).to_have_text("Ohne Skripte")
    choose(page.locator(".message").last, "Bearbeiten")
    page.get_by_label("Nachricht bearbeiten").fill("Ganz ohne Skripte")
    page.get_by_role("button", name="Speichern").click()
    assert page.url.endswith(stand.get_absolute_url())
    expect(messages(page).last).to_have_text("Ganz ohne Skripte")
    trouble.allow("status of 422")
    page.get_by_label("Ihre Nachricht").fill("x" * 2001)
    page.get_by_role("button", name="Senden").click()
    expect(page.get_by_role("alert")).to_contain_text("Ihre Nachricht hat 2001 Zeichen.")
    expect(page.get_by_label("Ihre Nachricht")).to_have_value("x" * 2001)
    page.get_by_role("link", name="Ältere Nachrichten").click()
    expect(messages(page).first).to_have_text("Nummer 1.")
    page.get_by_role("link", name="Zurück zur Seite").click()
    assert page.url.endswith(stand.get_absolute_url())


def test_whose_sockets_are_blocked_sees_new_messages_all_the_same(
    new_page: NewPage, stand: Stand, room: Room, aylin: Person, jonas: Person
) -> None:
    page = enter_without_socket(new_page(aylin), stand)
    room.post(jonas, "Sehen Sie das?", uuid4())
    expect(messages(page)).to_have_text(["Sehen Sie das?"], timeout=15_000)  # polled
    write(page, "Ja!")
    expect(messages(page)).to_have_text(["Sehen Sie das?", "Ja!"])


def test_an_open_socket_posts_and_a_form_where_it_does_not_answer(
    new_page: NewPage, stand: Stand, room: Room, aylin: Person
) -> None:
    page, forms = new_page(aylin), []
    is_deaf = False

    def pass_on(socket: WebSocketRoute) -> None:
        def hear(text: str | bytes) -> None:
            if not (is_deaf and '"id"' in str(text)):  # else it is lost on its way
                socket.send(text)

        socket.connect_to_server().on_message(hear)

    page.route_web_socket("**/live/**", pass_on)
    page.on("request", lambda request: request.method == "POST" and forms.append(request.url))
    enter(page, stand)
    write(page, "Durch den offenen Socket")
    expect(messages(page)).to_have_text(["Durch den offenen Socket"], timeout=SOON)
    expect(page.locator(".message--pending")).to_have_count(0)
    assert forms == []
    is_deaf = True
    write(page, "Einmal")
    write(page, "Zweimal")
    expect(messages(page)).to_have_text(["Durch den offenen Socket", "Einmal", "Zweimal"])
    expect(page.locator(".message--pending")).to_have_count(0)
    assert len(forms) == 2
    assert bodies(room) == ["Durch den offenen Socket", "Einmal", "Zweimal"]


def test_what_is_written_offline_waits_and_is_sent_once(
    new_page: NewPage, stand: Stand, room: Room, aylin: Person, jonas: Person, trouble: Trouble
) -> None:
    trouble.allow("ERR_INTERNET_DISCONNECTED")
    page = enter(new_page(aylin), stand)
    page.context.set_offline(True)
    write(page, "Erste")
    write(page, "Zweite")
    pending = page.locator(".message--pending .message__body")
    expect(pending).to_have_text(["Erste", "Zweite"])
    expect(page.get_by_text("Wartet: wird gesendet").first).to_be_visible()
    assert bodies(room) == []
    page.context.set_offline(False)
    expect(messages(page)).to_have_text(["Erste", "Zweite"])
    expect(pending).to_have_count(0)
    assert bodies(room) == ["Erste", "Zweite"]


def test_an_answer_that_is_lost_makes_no_second_message(
    new_page: NewPage, stand: Stand, room: Room, aylin: Person, trouble: Trouble
) -> None:
    trouble.allow("status of 503")
    page = enter_without_socket(new_page(aylin), stand)
    answers: list[int] = []

    def lose_the_first(route: object) -> None:
        response = route.fetch()  # it is stored …
        answers.append(response.status)
        if len(answers) == 1:
            route.fulfill(status=503, body="")  # … but who knows
        else:
            route.fulfill(response=response)

    page.route("**/nachrichten/", lose_the_first)
    write(page, "Einmal")
    expect(messages(page)).to_have_text(["Einmal"])
    expect(page.locator(".message--pending")).to_have_count(0)
    page.wait_for_timeout(4_500)
    assert (bodies(room), set(answers)) == (["Einmal"], {201})
    expect(messages(page)).to_have_text(["Einmal"])


def test_what_waits_survives_a_reload(
    new_page: NewPage, stand: Stand, room: Room, aylin: Person, trouble: Trouble
) -> None:
    trouble.allow("status of 503")
    page = enter_without_socket(new_page(aylin), stand)
    page.route("**/nachrichten/", lambda route: route.fulfill(status=503, body=""))
    write(page, "Bitte nicht vergessen")
    expect(page.get_by_text("Wartet: wird gesendet")).to_be_visible()
    page.unroute("**/nachrichten/")
    page.reload()
    expect(messages(page)).to_have_text(["Bitte nicht vergessen"])
    assert bodies(room) == ["Bitte nicht vergessen"]


def test_a_refusal_gives_the_text_back(
    new_page: NewPage, stand: Stand, room: Room, aylin: Person, trouble: Trouble
) -> None:
    trouble.allow("status of 403")
    page = enter(new_page(aylin), stand)
    page.get_by_label("Ihre Nachricht").fill("x" * 2005)
    expect(page.get_by_text("5 Zeichen zu viel")).to_be_visible()
    page.get_by_role("button", name="Senden").click()
    expect(page.get_by_role("alert")).to_have_text("5 Zeichen zu viel")
    room.memberships.filter(person=aylin).delete()  # the beat has not noticed yet
    write(page, "Noch etwas")
    expect(page.get_by_role("alert")).to_have_text("Sie sind nicht (mehr) in diesem Raum.")
    expect(page.get_by_label("Ihre Nachricht")).to_have_value("Noch etwas")


def test_who_is_dismissed_learns_it_at_once(
    new_page: NewPage, stand: Stand, room: Room, aylin: Person
) -> None:
    page = enter(new_page(aylin), stand)
    room.memberships.filter(person=aylin).delete()
    expect(page.locator(".chat__state")).to_have_text(
        "Sie sind nicht mehr in diesem Raum.", timeout=20_000
    )
    expect(page.get_by_label("Ihre Nachricht")).to_be_hidden()


def test_scrolling_up_brings_older_messages_and_new_ones_do_not_jump(
    new_page: NewPage, stand: Stand, room: Room, aylin: Person, jonas: Person
) -> None:
    for number in range(120):
        room.post(jonas, f"Nummer {number + 1}.", uuid4())
    page = enter(new_page(aylin), stand)
    log = page.locator(".chat__scroll")
    expect(messages(page)).to_have_count(50)
    log.hover()
    page.mouse.wheel(0, -20_000)
    expect(messages(page)).to_have_count(100)
    expect(page.get_by_text("Nummer 71.", exact=True)).to_be_in_viewport()
    page.get_by_role("link", name="Ältere Nachrichten").focus()
    page.keyboard.press("Enter")
    expect(messages(page)).to_have_count(120)
    place = log.evaluate("log => log.scrollTop")
    room_post_elsewhere(new_page, stand, jonas, "Neu!")
    expect(page.get_by_role("button", name="1 neue Nachricht")).to_be_visible(timeout=SOON)
    assert log.evaluate("log => log.scrollTop") == place
    page.get_by_role("button", name="1 neue Nachricht").click()
    expect(page.get_by_text("Neu!", exact=True)).to_be_in_viewport()
    expect(page.get_by_role("button", name="1 neue Nachricht")).to_be_hidden()


def room_post_elsewhere(new_page: NewPage, stand: Stand, person: Person, text: str) -> None:
    write(enter(new_page(person), stand), text)


def test_by_keyboard_alone(
    new_page: NewPage, stand: Stand, room: Room, aylin: Person, jonas: Person
) -> None:
    page = enter(new_page(aylin), stand)
    field = page.get_by_label("Ihre Nachricht")
    for _step in range(80):
        page.keyboard.press("Tab")
        if field.evaluate("field => field === document.activeElement"):
            break
    page.keyboard.type("Erste Zeile")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("zweite Zeile")
    page.keyboard.press("Enter")
    expect(messages(page)).to_have_text(["Erste Zeile\nzweite Zeile"])
    menu = page.get_by_role("button", name="Mehr zu dieser Nachricht")
    for _step in range(10):
        page.keyboard.press("Shift+Tab")
        if menu.evaluate("button => button === document.activeElement"):
            break
    edit = page.get_by_role("link", name="Bearbeiten")
    for _time in range(2):
        page.keyboard.press("Enter")
        expect(edit).to_be_visible()
        page.keyboard.press("Escape")
        expect(edit).to_be_hidden()
        expect(menu).to_be_focused()
    edit_by_keys(page)
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()
    edit_by_keys(page)
    page.keyboard.press("Control+A")
    page.keyboard.type("Nur eine")
    page.keyboard.press("Enter")
    expect(messages(page)).to_have_text(["Nur eine"])
    expect(menu).to_be_focused()


def test_new_messages_are_read_out_politely_unless_switched_off(
    new_page: NewPage, stand: Stand, aylin: Person, jonas: Person
) -> None:
    page, lead = enter(new_page(aylin), stand), enter(new_page(jonas), stand)
    region = page.locator("chat-announcer [aria-live=polite]")
    write(lead, "Willkommen!")
    expect(region).to_have_text("Jonas Weber: Willkommen!")
    write(lead, "Eins")
    write(lead, "Zwei")
    expect(region).to_have_text("2 neue Nachrichten")
    switch = page.get_by_role("button", name="Neue Nachrichten vorlesen")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "false")
    write(lead, "Drei")
    expect(messages(page)).to_have_count(4)
    page.wait_for_timeout(3_500)
    expect(region).to_have_text("2 neue Nachrichten")


def test_who_is_here_is_shown(
    new_page: NewPage, stand: Stand, aylin: Person, jonas: Person
) -> None:
    page = enter(new_page(aylin), stand)
    page.locator(".here").evaluate("details => details.open = true")
    expect(page.locator(".here__name")).to_have_text(["Aylin Yılmaz"])
    lead = enter(new_page(jonas), stand)
    expect(page.locator(".here__name")).to_have_text(["Jonas Weber", "Aylin Yılmaz"])
    lead.goto("about:blank")
    expect(page.locator(".here__name")).to_have_text(["Aylin Yılmaz"])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_chat_is_accessible_and_fits_a_small_phone(
    theme: str,
    new_page: NewPage,
    stand: Stand,
    room: Room,
    aylin: Person,
    jonas: Person,
    axe: Callable[[Page], list[str]],
) -> None:
    stand.room.admit(aylin)
    room.post(aylin, "Guten Tag! https://example.org/" + "lang" * 40, uuid4())
    room.post(jonas, "Willkommen!", uuid4()).hide(jonas)
    room.post(jonas, "Was möchten Sie wissen?", uuid4())
    room.post(jonas, "Ups", uuid4()).delete_by(jonas)
    for person in (aylin, jonas):
        page = new_page(person, color_scheme=theme, viewport={"width": 320, "height": 640})
        enter(page, stand)
        page.locator(".here").evaluate("details => details.open = true")
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        page.goto(room.get_absolute_url())
        assert axe(page) == []
        page.goto(f"{room.get_absolute_url()}nachrichten/1/")
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
