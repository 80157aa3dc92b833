"""Captions, written and mended in the browser, by keyboard alone."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from conference.models import Person, Recording, TextTrack

AXE = Callable[[Page], list[str]]
BODY = """WEBVTT

NOTE Das bleibt stehen.

00:00:00.000 --> 00:00:01.000
<v Petra>Guten Morgen und herzlich willkommen

00:00:01.000 --> 00:00:02.000
Schön, dass Sie da sind
"""


def press_until(page: Page, key: str, name: str) -> None:
    """Until the focus is on something with this name."""
    for _try in range(60):
        page.keyboard.press(key)
        if page.evaluate("document.activeElement.textContent.trim()") == name:
            return
    raise AssertionError(f"Nobody gets to “{name}” by {key}.")


def test_captions_are_mended_in_a_table_by_keyboard(
    new_page: Callable[..., Page], recording: Recording, katrin: Person, axe: AXE
) -> None:
    track = recording.tracks.create(language="de", body=BODY)
    page = new_page(katrin)
    page.goto(recording.edit_path)
    assert axe(page) == []
    page.locator(".texts__one a", has_text="Bearbeiten").press("Enter")
    rows = page.locator(".cues__row")
    expect(rows).to_have_count(2)
    assert axe(page) == []
    # A time is typed as people write it, a text is split where one writes.
    start = page.get_by_role("textbox", name="1 Anfang")
    start.press("Control+a")
    page.keyboard.type("0,25")
    page.keyboard.press("Tab")
    expect(start).to_have_value("00:00:00.250")
    text = page.get_by_role("textbox", name="1 Text")
    text.press("Control+Home")
    for _word in range(2):
        page.keyboard.press("Control+ArrowRight")
    page.keyboard.press("Control+Shift+Enter")
    expect(rows).to_have_count(3)
    expect(page.get_by_role("textbox", name="2 Text")).to_be_focused()
    expect(page.get_by_role("textbox", name="2 Text")).to_have_value("und herzlich willkommen")
    expect(page.get_by_role("textbox", name="2 Wer spricht")).to_have_value("Petra")
    # Playing from here, and back.
    page.keyboard.press("Control+Enter")
    expect(rows.nth(1)).to_have_attribute("aria-current", "true")
    page.wait_for_function("document.querySelector('video').currentTime > 0.4")
    # One is deleted by its menu, and brought back.
    press_until(page, "Tab", "Mehr")
    page.keyboard.press("Enter")
    assert axe(page) == []
    press_until(page, "Tab", "Löschen")
    page.keyboard.press("Enter")
    expect(rows).to_have_count(2)
    expect(page.get_by_role("textbox", name="2 Text")).to_be_focused()
    press_until(page, "Tab", "Gelöschten Text zurückholen")
    page.keyboard.press("Enter")
    expect(rows).to_have_count(3)
    # All are shifted, one overlaps, and all is saved.
    page.get_by_label("Um Sekunden").press("Control+a")
    page.keyboard.type("0,5")
    press_until(page, "Tab", "Verschieben")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="3 Ende")).to_have_value("00:00:02.500")
    end = page.get_by_role("textbox", name="2 Ende")
    end.press("Control+a")
    page.keyboard.type("1,6")
    page.keyboard.press("Tab")
    expect(rows.nth(2)).to_contain_text("Dieser Text überschneidet sich mit dem darüber.")
    page.get_by_role("button", name="Speichern").press("Enter")
    expect(page.get_by_text("3 Texte sind gespeichert.")).to_be_visible()
    track.refresh_from_db()
    assert track.body.startswith("WEBVTT\n\nNOTE Das bleibt stehen.\n\n00:00:00.750 --> ")
    assert [(cue.start, cue.end, cue.voice, cue.text) for cue in track.cues] == [
        (0.75, track.cues[0].end, "Petra", "Guten Morgen"),
        (track.cues[0].end, 1.6, "Petra", "und herzlich willkommen"),
        (1.5, 2.5, "", "Schön, dass Sie da sind"),
    ]


def test_a_mistake_is_shown_in_its_row_and_many_texts_stay_usable(
    new_page: Callable[..., Page], recording: Recording, katrin: Person, trouble: object
) -> None:
    trouble.allow("status of 422")  # type: ignore[attr-defined]
    texts = "".join(
        f"\n00:{n // 60:02}:{n % 60:02}.000 --> 00:{n // 60:02}:{n % 60:02}.900\nText {n}\n"
        for n in range(900)
    )
    recording.tracks.create(language="de", body=f"WEBVTT\n{texts}")
    page = new_page(katrin)
    page.goto(f"{recording.edit_path}untertitel/de/")
    expect(page.locator(".cues__row")).to_have_count(900)
    page.get_by_role("textbox", name="900 Text", exact=True).fill("")
    page.get_by_role("button", name="Speichern").click()
    wrong = page.locator(".cues__row--wrong")
    expect(wrong).to_contain_text("Unter diesen Zeiten steht kein Text.")
    expect(wrong.locator("th")).to_have_text("900")
    page.get_by_role("textbox", name="900 Text", exact=True).fill("Ende")
    page.get_by_role("button", name="Speichern").click()
    expect(page.get_by_text("900 Texte sind gespeichert.")).to_be_visible()
    assert TextTrack.objects.get().cues[-1].text == "Ende"


def test_without_javascript_the_text_is_edited_as_a_text(
    new_page: Callable[..., Page], recording: Recording, katrin: Person
) -> None:
    page = new_page(katrin, java_script_enabled=False)
    page.goto(f"{recording.edit_path}untertitel/de/")
    page.get_by_label("Text mit Zeiten").fill(BODY)
    page.get_by_role("button", name="Speichern").click()
    expect(page.get_by_text("2 Texte sind gespeichert.")).to_be_visible()
    assert TextTrack.objects.get().body == BODY
