"""A speaker hands in a film, over a connection that breaks, and sees it become a recording."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, Route, expect

from conference.models import Person, Recording, Speaker, Upload
from tests.browser.conftest import Trouble
from tests.films import film

NewPage = Callable[..., Page]


@pytest.fixture
def speaker(recording: Recording, aylin: Person) -> Person:
    recording.videos.all().delete()
    recording.speakers.add(
        Speaker.objects.create(event=recording.event, name=aylin.name, person=aylin)
    )
    return aylin


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """Three pieces large, most of them air."""
    path = tmp_path / "Grüße aus Köln.mp4"
    body = film()
    air = 9 * 2**20
    path.write_bytes(body + (air + 8).to_bytes(4, "big") + b"free" + bytes(air))
    return path


def edited(page: Page, recording: Recording) -> Page:
    page.goto(reverse("recording_edit", args=[recording.event.slug, recording.slug]))
    return page


def test_a_film_is_handed_in_over_a_connection_that_breaks_and_plays(
    new_page: NewPage,
    worker: None,
    recording: Recording,
    speaker: Person,
    large: Path,
    trouble: Trouble,
    axe: Callable[[Page], list[str]],
) -> None:
    trouble.allow("ERR_INTERNET_DISCONNECTED")
    page = edited(new_page(speaker), recording)
    card = page.get_by_role("listitem").filter(has=page.locator("#film-film"))
    expect(card.get_by_text("fehlt noch")).to_be_visible()
    pieces: list[str] = []

    def pass_one(route: Route) -> None:
        if route.request.method == "PATCH":
            pieces.append(route.request.headers["upload-offset"])
            if len(pieces) == 2:
                page.context.set_offline(True)
                route.abort("internetdisconnected")
                return
        route.continue_()

    page.route("**/hochladen/**", pass_one)
    card.locator("input[type=file]").set_input_files(large)
    card.get_by_role("button", name="Hochladen").press("Enter")  # by keyboard
    expect(card.get_by_text("Die Verbindung ist unterbrochen.")).to_be_visible()
    expect(card.get_by_role("button", name="Upload abbrechen")).to_be_focused()
    expect(card.get_by_text(re.compile("4[0-9] % von 9,5.MB sind angekommen"))).to_be_visible()
    assert axe(page) == []
    page.context.set_offline(False)
    page.unroute("**/hochladen/**")
    # It would go on by itself; a reload in the middle does no harm either.
    edited(page, recording)
    expect(
        card.get_by_text(re.compile("„Grüße aus Köln.mp4“ ist zu 4[0-9].% angekommen"))
    ).to_be_visible()
    sent: list[str] = []
    page.on(
        "request",
        lambda request: (
            sent.append(request.headers["upload-offset"]) if request.method == "PATCH" else None
        ),
    )
    card.locator("input[type=file]").set_input_files(large)
    card.get_by_role("button", name="Hochladen").click()
    expect(card.get_by_role("status")).to_have_text("fertig", timeout=60_000)
    assert sent == [str(4 * 2**20), str(8 * 2**20)]
    assert Upload.objects.count() == 1
    expect(card.get_by_text("160 × 90")).to_be_visible()
    page.get_by_role("link", name="Zur Aufzeichnung").click()
    page.get_by_role("button", name="Abspielen").first.click()
    page.wait_for_function("() => document.querySelector('video').currentTime > 0.2")


def test_what_is_no_video_is_told_at_once_and_a_broken_one_by_the_worker(
    new_page: NewPage,
    worker: None,
    recording: Recording,
    speaker: Person,
    tmp_path: Path,
    trouble: Trouble,
    axe: Callable[[Page], list[str]],
) -> None:
    trouble.allow("status of 415")
    (tmp_path / "film.mp4").write_bytes(b"%PDF-1.7 kein Film")
    (tmp_path / "halb.mp4").write_bytes(film("-movflags", "0")[:4000])
    page = edited(new_page(speaker, viewport={"width": 320, "height": 800}), recording)
    card = page.get_by_role("listitem").filter(has=page.locator("#film-film"))
    for name, sentence in [
        ("film.mp4", "Diese Datei ist kein Video."),
        ("halb.mp4", "Im Wortlaut des Programms ffmpeg: moov atom not found"),
    ]:
        card.locator("input[type=file]").set_input_files(tmp_path / name)
        card.get_by_role("button", name="Hochladen").click()
        expect(card.get_by_text(sentence)).to_be_visible(timeout=30_000)
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
