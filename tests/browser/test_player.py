"""The player with all that a film can have: streams, sign language, audio description."""

import re
from collections.abc import Callable

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from conference.models import Person, Recording, Video
from tests.browser.conftest import Trouble
from tests.browser.test_recordings import NewPage, button, video, vtt, wait_for
from tests.films import film

LENGTH = 12  # seconds
TEXTS = ["Guten Morgen", "Das Dorf redet"]
# How far sign language and audio description are from the film, at their worst in a second.
WORST = """async () => {
  const [film, signs] = document.querySelectorAll("video");
  const sound = document.querySelector("audio");
  let worst = 0;
  for (let count = 0; count < 20; count++) {
    await new Promise((go) => setTimeout(go, 50));
    for (const one of [signs, sound])
      worst = Math.max(worst, Math.abs(one.currentTime - film.currentTime));
  }
  return worst;
}"""
IN_STEP = """() => {
  const [film, signs] = document.querySelectorAll("video");
  const sound = document.querySelector("audio");
  return !film.seeking && film.readyState > 2 && [signs, sound].every((one) =>
    !one.paused && !one.seeking && Math.abs(one.currentTime - film.currentTime) < 0.05);
}"""


made: dict[str, dict[str, object]] = {}  # for all tests of this module, since it takes a while


@pytest.fixture
def full(recording: Recording) -> Recording:
    """The recording with a film in two heights, and with all else that there can be."""
    recording.videos.all().delete()
    for kind, size in [("film", "854x480"), ("signed", "320x180"), ("described", "160x90")]:
        if kind not in made:
            body = ContentFile(film(size=size, seconds=LENGTH), "film.mp4")
            video = recording.videos.create(kind=kind, source=body, uploaded_at=timezone.now())
            video.process()
            made[kind] = Video.objects.filter(pk=video.pk).values().get()
            video.delete()
        Video.objects.create(**made[kind] | {"recording_id": recording.pk})
    for language in ("de", "en"):
        recording.tracks.create(kind="captions", language=language, body=vtt(TEXTS))
    return Recording.objects.get(pk=recording.pk)


def choose(page: Page, field: str, choice: str) -> None:
    page.get_by_label(field).select_option(label=choice)


def test_a_film_in_streams_is_watched_as_each_needs_it(
    new_page: NewPage,
    full: Recording,
    aylin: Person,
    trouble: Trouble,
    axe: Callable[[Page], list[str]],
) -> None:
    trouble.allow("favicon.ico")
    page = new_page(aylin, viewport={"width": 320, "height": 800})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(full.get_absolute_url())
    expect(button(page, "Einstellungen")).to_be_visible()
    assert [url for url in asked if re.search(r"\.(m4s|mp4|m4a)$", url)] == []

    # by keyboard: play, then the settings
    button(page, "Abspielen").focus()
    page.keyboard.press("Enter")
    wait_for(page, "video.currentTime > 0.5 && video.src.startsWith('blob:')")
    settings = button(page, "Einstellungen")
    settings.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Tempo")).to_be_focused()
    page.keyboard.press("Escape")
    expect(settings).to_be_focused()
    expect(page.get_by_label("Tempo")).to_be_hidden()
    settings.click()

    # quality
    choose(page, "Bildqualität", "360 Zeilen")
    wait_for(page, "video.videoHeight === 360 && !video.paused && video.readyState > 2")
    choose(page, "Bildqualität", "Nur Ton")
    wait_for(page, "video.videoHeight === 0 && video.readyState > 2 && !video.paused")
    expect(page.get_by_text("Nur Ton, ohne Bild")).to_be_visible()
    choose(page, "Bildqualität", "480 Zeilen")
    wait_for(page, "video.videoHeight === 480 && !video.paused && video.readyState > 2")

    # sign language and audio description, in step, also after a jump
    button(page, "Gebärdensprache").click()
    button(page, "Audiodeskription").click()
    page.wait_for_function(IN_STEP)
    page.get_by_role("slider", name="Stelle im Video").focus()
    page.keyboard.press("2")
    page.wait_for_function(IN_STEP)
    assert page.evaluate(WORST) < 0.1
    assert video(page, "muted") is True
    assert page.evaluate("document.querySelector('audio').muted") is False
    expect(page.locator("video-preview")).to_be_visible()

    choose(page, "Platz der Gebärdensprache", "Im Bild")
    choose(page, "Größe der Untertitel", "Sehr groß")
    choose(page, "Farben der Untertitel", "Gelb auf Schwarz")
    choose(page, "Sprache der Untertitel", "Englisch")
    page.keyboard.press("k")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 320

    # all of it is remembered
    page.goto(full.get_absolute_url())
    for name in ["Gebärdensprache", "Audiodeskription"]:
        expect(button(page, name)).to_have_attribute("aria-pressed", "true")
    button(page, "Einstellungen").click()
    for field, value in [
        ("Bildqualität", "480"),
        ("Platz der Gebärdensprache", "inside"),
        ("Größe der Untertitel", "huge"),
        ("Sprache der Untertitel", "en"),
    ]:
        expect(page.get_by_label(field)).to_have_value(value)
    captions = page.locator("video-captions")
    expect(captions).to_have_attribute("lang", "en")
    assert captions.evaluate(
        "one => getComputedStyle(one).getPropertyValue('--caption-ink')"
    ) == ("#ffe95c")


def test_addresses_that_have_ended_are_asked_for_anew(
    new_page: NewPage, full: Recording, aylin: Person, trouble: Trouble
) -> None:
    trouble.allow("favicon.ico")
    trouble.allow("status of 403")
    page = new_page(aylin)
    refused: list[str] = []

    def refuse_once(route: Route) -> None:
        name = route.request.url.rpartition("/recordings/")[2]
        if name.endswith("00001.m4s") and not refused:
            refused.append(name)
            route.fulfill(status=403)
        else:
            route.continue_()

    page.route("**/segmente/**", refuse_once)
    page.goto(full.get_absolute_url())
    button(page, "Abspielen").click()
    wait_for(page, "video.currentTime > 7")
    assert len(refused) == 1
    expect(page.get_by_role("alert")).to_be_hidden()


def test_a_slow_network_is_told_with_what_helps(
    new_page: NewPage, full: Recording, aylin: Person, trouble: Trouble
) -> None:
    trouble.allow("favicon.ico")
    page = new_page(aylin)
    page.clock.install()
    page.route("**/segmente/**/00000.m4s", lambda route: None)  # it never comes
    page.goto(full.get_absolute_url())
    button(page, "Abspielen").click()
    page.clock.run_for(6_000)
    expect(page.get_by_text("Ihre Verbindung ist gerade langsam.")).to_be_visible()
    page.get_by_role("button", name="Text lesen").click()
    expect(page.get_by_role("link", name="Das Dorf redet").first).to_be_visible()
    page.unroute("**/segmente/**/00000.m4s")
    page.context.close()
