"""Keeping a room: what those do who keep it, and what everybody else sees of that."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from chat.models import Room, Sanction
from conference.models import Person
from marketplace.models import Stand
from tests.browser.conftest import Trouble
from tests.browser.test_chat import NewPage, choose, enter, messages, room, write

__all__ = ["room"]
SOON = 2_000  # milliseconds


def more(page: Page, number: int = 0) -> None:
    choose(page.locator(".chat__list .message").nth(number), "Alles zu dieser Nachricht")


def test_who_is_muted_sees_until_when_and_why_and_is_heard_again(
    new_page: NewPage, stand: Stand, room: Room, aylin: Person, jonas: Person
) -> None:
    visitor, lead = enter(new_page(aylin), stand), enter(new_page(jonas), stand)
    write(visitor, "Kaufen Sie!")
    expect(messages(lead)).to_have_count(1)
    more(lead)
    dialog = lead.get_by_role("dialog")
    dialog.get_by_label("für 30 Minuten").check()
    dialog.get_by_label("Grund (die Person kann ihn lesen)").first.fill("Keine Werbung")
    dialog.get_by_role("button", name="Stummschalten").click()
    expect(lead.get_by_text("Aylin Yılmaz ist stummgeschaltet.")).to_be_visible()
    expect(dialog).to_be_hidden()
    rule = visitor.locator(".composer__rule")
    expect(rule).to_contain_text("Der Grund: Keine Werbung", timeout=SOON)
    write(visitor, "Doch!")
    expect(visitor.get_by_role("alert")).to_contain_text("Die Moderation hat Sie bis")
    expect(visitor.get_by_label("Ihre Nachricht")).to_have_value("Doch!")
    assert room.messages.count() == 1
    Sanction.objects.get()
    lead.locator(".keeping summary").click()
    lead.get_by_role("link", name="Alles zu diesem Raum").click()
    lead.get_by_role("button", name="Aylin Yılmaz wieder schreiben lassen").click()
    expect(lead.get_by_text("Die Maßnahme gegen Aylin Yılmaz ist aufgehoben.")).to_be_visible()
    expect(rule).to_have_text("", timeout=SOON)
    write(visitor, "Doch!")
    expect(messages(visitor)).to_have_text(["Kaufen Sie!", "Doch!"])


def test_who_is_banned_leaves_at_once_and_finds_the_door_shut(
    new_page: NewPage, stand: Stand, aylin: Person, jonas: Person, trouble: Trouble
) -> None:
    trouble.allow("status of 403")
    visitor, lead = enter(new_page(aylin), stand), enter(new_page(jonas), stand)
    write(visitor, "Kaufen Sie!")
    more(lead)
    lead.get_by_text("Dauerhaft ausschließen").click()
    lead.get_by_role("button", name="Aylin Yılmaz ausschließen").click()
    state = visitor.locator(".chat__state")
    expect(state).to_have_text("Sie sind nicht mehr in diesem Raum.", timeout=SOON)
    visitor.reload()
    sentence = "Die Moderation hat Sie aus diesem Raum ausgeschlossen."
    expect(visitor.get_by_text(sentence)).to_be_visible()


def test_slow_mode_and_pauses_reach_everybody_live(
    new_page: NewPage, stand: Stand, room: Room, aylin: Person, jonas: Person
) -> None:
    visitor, lead = enter(new_page(aylin), stand), enter(new_page(jonas), stand)
    lead.locator(".keeping summary").click()
    choice = lead.get_by_label("Zwischen zwei Nachrichten einer Person")
    choice.select_option("mindestens 10 Sekunden")
    lead.get_by_role("button", name="Einstellen").click()
    rule = visitor.locator(".composer__rule")
    expect(rule).to_have_text("Wartezeit: 10 Sekunden zwischen zwei Nachrichten.", timeout=SOON)
    write(visitor, "Erste")
    wait = visitor.locator(".composer__wait")
    expect(wait).to_have_text("Sie können in 10 Sekunden wieder schreiben.", timeout=SOON)
    write(visitor, "Zweite")
    expect(visitor.get_by_role("alert")).to_contain_text("Sekunden wieder schreiben")
    choice.select_option("keine Wartezeit")
    lead.get_by_role("button", name="Einstellen").click()
    expect(rule).to_have_text("", timeout=SOON)
    visitor.get_by_label("Ihre Nachricht").press("Enter")
    expect(messages(visitor)).to_have_text(["Erste", "Zweite"])
    lead.get_by_role("button", name="Chat unterbrechen").click()
    expect(rule).to_contain_text("Der Chat ist unterbrochen.", timeout=SOON)
    write(lead, "Wir sammeln kurz.")
    expect(messages(visitor)).to_have_count(3)
    lead.get_by_role("button", name="Chat fortsetzen").click()
    expect(rule).to_have_text("", timeout=SOON)


def test_reports_reach_the_hosts_and_hiding_settles_them(
    new_page: NewPage, stand: Stand, aylin: Person, jonas: Person, gerd: Person
) -> None:
    visitor, lead = enter(new_page(aylin), stand), enter(new_page(jonas), stand)
    other = enter(new_page(gerd), stand)
    write(visitor, "Kaufen Sie!")
    choose(other.locator(".message"), "Melden")
    dialog = other.get_by_role("dialog")
    dialog.get_by_label("Was ist an dieser Nachricht nicht in Ordnung?").fill("Werbung")
    dialog.get_by_role("button", name="Nachricht melden").click()
    expect(other.locator(".panel__done")).to_contain_text("Vielen Dank.")
    expect(lead.locator(".keeping__count")).to_have_text("1", timeout=SOON)
    lead.locator(".keeping summary").click()
    lead.get_by_role("link", name="Gemeldete Nachrichten").click()
    expect(lead.get_by_text("Gerd Hoffmann")).to_be_visible()
    lead.get_by_role("button", name="Nachricht für alle ausblenden").click()
    expect(lead.get_by_text("Es liegt keine Meldung vor.")).to_be_visible()
    hidden = visitor.get_by_text("Die Moderation hat diese Nachricht ausgeblendet.")
    expect(hidden).to_be_visible(timeout=SOON)


def test_a_pinned_message_stands_above_every_log(
    new_page: NewPage, stand: Stand, aylin: Person, jonas: Person
) -> None:
    visitor, lead = enter(new_page(aylin), stand), enter(new_page(jonas), stand)
    write(lead, "Um elf geht es weiter.")
    more(lead)
    lead.get_by_role("button", name="Über dem Chat anheften").click()
    pinned = visitor.get_by_role("region", name="Angeheftete Nachricht")
    expect(pinned.locator(".message__body")).to_have_text("Um elf geht es weiter.")
    visitor.reload()
    expect(pinned.locator(".message__body")).to_have_text("Um elf geht es weiter.")
    choose(lead.locator(".chat__list .message"), "Löschen")
    lead.locator(".chat__list").get_by_role("button", name="Löschen").click()
    expect(pinned).to_be_hidden()


def test_reactions_are_counted_on_every_screen(
    new_page: NewPage,
    stand: Stand,
    aylin: Person,
    jonas: Person,
    axe: Callable[[Page], list[str]],
) -> None:
    visitor, lead = enter(new_page(aylin), stand), enter(new_page(jonas), stand)
    write(lead, "Wir haben gewonnen!")
    visitor.get_by_role("link", name="Reagieren").press("Enter")
    expect(visitor.get_by_role("button", name="Daumen hoch")).to_be_focused()
    visitor.get_by_role("button", name="Feiern").press("Enter")
    expect(visitor.get_by_role("link", name="Reagieren")).to_be_focused()
    own = visitor.get_by_role("button", name="Feiern: 1")
    expect(own).to_have_attribute("aria-pressed", "true")
    other = lead.get_by_role("button", name="Feiern: 1")
    expect(other).to_have_attribute("aria-pressed", "false", timeout=SOON)
    other.press(" ")
    expect(visitor.get_by_role("button", name="Feiern: 2")).to_be_visible(timeout=SOON)
    visitor.reload()
    own = visitor.get_by_role("button", name="Feiern: 2")
    expect(own).to_have_attribute("aria-pressed", "true")
    assert axe(visitor) == []
    visitor.get_by_role("link", name="Reagieren").click()
    assert axe(visitor) == []
    visitor.get_by_role("link", name="Wer hat reagiert?").click()
    dialog = visitor.get_by_role("dialog")
    expect(dialog).to_contain_text("Jonas Weber")
    dialog.get_by_role("button", name="Feiern").click()
    expect(lead.get_by_role("button", name="Feiern: 1")).to_be_visible(timeout=SOON)


def test_without_javascript_the_room_is_kept_by_forms(
    new_page: NewPage, stand: Stand, room: Room, aylin: Person, jonas: Person
) -> None:
    visitor = enter(new_page(aylin), stand)
    write(visitor, "Kaufen Sie!")
    expect(messages(visitor)).to_have_count(1)
    page = new_page(jonas, java_script_enabled=False)
    page.goto(stand.get_absolute_url())
    page.locator(".keeping summary").click()
    page.get_by_role("button", name="Chat unterbrechen").click()
    assert page.url.endswith(stand.get_absolute_url())
    expect(visitor.locator(".composer__rule")).to_contain_text("unterbrochen", timeout=SOON)
    more(page)
    page.get_by_role("button", name="Stummschalten").click()
    assert page.url.endswith(stand.get_absolute_url())
    expect(page.get_by_text("Aylin Yılmaz ist stummgeschaltet.")).to_be_visible()


def test_keeping_a_room_works_by_keyboard_and_is_accessible(
    new_page: NewPage,
    stand: Stand,
    room: Room,
    aylin: Person,
    jonas: Person,
    axe: Callable[[Page], list[str]],
) -> None:
    write(enter(new_page(aylin), stand), "Guten Tag")
    for theme in ["light", "dark"]:
        page = new_page(jonas, color_scheme=theme, viewport={"width": 320, "height": 640})
        enter(page, stand)
        page.locator(".keeping summary").press("Enter")
        assert axe(page) == []
        menu = page.get_by_role("button", name="Mehr zu dieser Nachricht")
        menu.press("Enter")
        assert axe(page) == []
        page.get_by_role("link", name="Alles zu dieser Nachricht").press("Enter")
        dialog = page.get_by_role("dialog")
        dialog.get_by_text("Dauerhaft ausschließen").press("Enter")
        assert axe(page) == []
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        expect(menu).to_be_focused()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        for name in ["leiten", f"personen/{aylin.pk}", "nachrichten/1", "meldungen"]:
            page.goto(f"{room.get_absolute_url()}{name}/")
            assert axe(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= 320
