import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, Response, expect

from conference.models import Person, Recording, WatchPosition
from tests.browser.conftest import Trouble
from tests.films import film, with_film

NewPage = Callable[..., Page]
LENGTH = 40  # seconds
TEXTS = ["Guten Morgen", "Das Dorf redet", "Der Laden öffnet", "Danke und auf Wiedersehen"]


def vtt(texts: list[str]) -> str:
    cues = [
        f"00:{number * 10:02}.000 --> 00:{number * 10 + 9:02}.000\n{text}"
        for number, text in enumerate(texts)
    ]
    return "\n\n".join(["WEBVTT", *cues])


def long_video() -> bytes:
    """Forty seconds, several times as large as one answer, so that seeking needs ranges."""
    noise = ("-vf", "noise=alls=40:allf=t", "-crf", "30")
    return film(*noise, size="640x360", seconds=LENGTH)


@pytest.fixture(autouse=True)
def _no_icon(trouble: Trouble) -> None:
    trouble.allow("favicon.ico")


@pytest.fixture
def talk(recording: Recording) -> Recording:
    """The recording in full: captions, chapters, and long enough to seek in it."""
    recording.duration = timedelta(seconds=LENGTH)
    recording.save()
    with_film(recording, long_video(), LENGTH)
    recording.tracks.create(kind="captions", language="de", body=vtt(TEXTS))
    recording.tracks.create(kind="chapters", language="de", body=vtt(["Anfang", "Mitte"]))
    return recording


def video(page: Page, what: str) -> object:
    return page.evaluate(f"document.querySelector('video').{what}")


def moment(page: Page) -> float:
    return float(str(video(page, "currentTime")))


def wait_for(page: Page, condition: str) -> None:
    page.wait_for_function(
        f"() => {{ const video = document.querySelector('video'); return {condition}; }}"
    )


def opened(page: Page, recording: Recording) -> Page:
    page.goto(recording.get_absolute_url())
    wait_for(page, "video.readyState > 0")
    return page


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("group", name="Bedienung des Videos").get_by_role(
        "button", name=name, exact=True
    )


def test_a_video_plays_and_seeks_by_keyboard(
    new_page: NewPage, talk: Recording, aylin: Person
) -> None:
    page = new_page(aylin)
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    opened(page, talk)
    assert video(page, "paused") is True
    expect(page.locator("video")).not_to_have_attribute("controls", "")
    button(page, "Abspielen").focus()
    page.keyboard.press("Enter")
    wait_for(page, "!video.paused && video.currentTime > 0.5")
    page.keyboard.press("k")
    wait_for(page, "video.paused")
    for key, where in [("Home", 0), ("l", 10), ("ArrowRight", 15), ("j", 5), ("8", 32)]:
        page.keyboard.press(key)
        wait_for(page, f"!video.seeking && Math.abs(video.currentTime - {where}) < 0.2")
    slider = page.get_by_role("slider", name="Stelle im Video")
    expect(slider).to_have_attribute("aria-valuetext", "0:32 von 0:40")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    wait_for(page, "Math.abs(video.currentTime - 27) < 0.2")
    pieces = [answer for answer in answers if answer.url.endswith("film.mp4")]
    assert {answer.status for answer in pieces} == {206}


def test_keys_leave_fields_alone(new_page: NewPage, talk: Recording, aylin: Person) -> None:
    page = opened(new_page(aylin), talk)
    page.get_by_text("Text zum Mitlesen").click()
    page.get_by_label("Im Text suchen").focus()
    page.keyboard.type("mkl 5")
    assert (moment(page), video(page, "muted"), video(page, "paused")) == (0, False, True)
    button(page, "Untertitel").focus()
    page.keyboard.press(" ")
    assert video(page, "paused") is True
    expect(button(page, "Untertitel")).to_have_attribute("aria-pressed", "false")


def test_it_goes_on_where_one_stopped_on_any_device(
    new_page: NewPage, talk: Recording, aylin: Person
) -> None:
    page = opened(new_page(aylin), talk)
    expect(page.get_by_text("Sie sehen dort weiter")).to_be_hidden()
    button(page, "Abspielen").focus()
    with page.expect_response(re.compile("/stelle/$")) as kept:
        page.keyboard.press("5")
    assert kept.value.status == 204
    assert WatchPosition.objects.get(person=aylin).seconds == pytest.approx(20, abs=0.2)
    other = opened(new_page(aylin), talk)
    expect(other.get_by_text("Sie sehen dort weiter")).to_contain_text("0:20")
    wait_for(other, "Math.abs(video.currentTime - 20) < 0.3")
    other.get_by_role("button", name="Von vorn beginnen").click()
    wait_for(other, "video.currentTime === 0")
    expect(other.get_by_text("Sie sehen dort weiter")).to_be_hidden()


def test_strangers_go_on_in_the_same_browser(
    new_page: NewPage, talk: Recording, trouble: Trouble
) -> None:
    talk.public_from = talk.available_from
    talk.save()
    page = opened(new_page(), talk)
    button(page, "Abspielen").focus()
    page.keyboard.press("5")
    wait_for(page, "!video.seeking && video.currentTime > 19")
    page.wait_for_function("() => localStorage.length > 0")
    opened(page, talk)
    expect(page.get_by_text("Sie sehen dort weiter")).to_contain_text("0:20")
    assert not WatchPosition.objects.exists()


def test_captions_speed_and_volume_are_chosen_and_remembered(
    new_page: NewPage, talk: Recording, aylin: Person
) -> None:
    page = opened(new_page(aylin), talk)
    captions = button(page, "Untertitel")
    expect(captions).to_have_attribute("aria-pressed", "true")
    said = page.locator("video-captions")
    expect(said).to_have_text("Guten Morgen")
    captions.click()
    expect(captions).to_have_attribute("aria-pressed", "false")
    expect(said).to_be_hidden()
    button(page, "Einstellungen").click()
    page.get_by_label("Tempo").select_option("1.5")
    page.keyboard.press("Escape")
    expect(page.get_by_label("Tempo")).to_be_hidden()
    button(page, "Ton aus").click()
    opened(page, talk)
    expect(said).to_be_hidden()
    assert (video(page, "playbackRate"), video(page, "muted")) == (1.5, True)
    expect(page.get_by_label("Tempo")).to_have_value("1.5")


def test_the_transcript_follows_jumps_and_is_searched(
    new_page: NewPage, talk: Recording, aylin: Person
) -> None:
    page = opened(new_page(aylin), talk)
    page.get_by_text("Text zum Mitlesen").click()
    row = page.get_by_role("link", name="Der Laden öffnet")
    row.click()
    wait_for(page, "video.currentTime >= 20 && !video.paused")
    expect(row).to_have_attribute("aria-current", "true")
    search = page.get_by_label("Im Text suchen")
    search.fill("dorf")
    expect(page.get_by_text("1 Stelle gefunden")).to_be_visible()
    expect(row).to_be_hidden()
    search.fill("qqq")
    expect(page.get_by_text("Nichts gefunden")).to_be_visible()
    search.fill("")
    expect(row).to_be_visible()


def test_chapters_jump_and_show_where_one_is(
    new_page: NewPage, talk: Recording, aylin: Person
) -> None:
    page = opened(new_page(aylin), talk)
    chapter = page.get_by_role("navigation", name="Kapitel").get_by_role("link", name="Mitte")
    chapter.click()
    wait_for(page, "video.currentTime >= 10")
    expect(chapter).to_have_attribute("aria-current", "true")
    expect(page.locator(".player__marks i")).to_have_count(1)


def test_a_video_that_does_not_come_says_so_and_is_tried_again(
    new_page: NewPage, talk: Recording, aylin: Person, trouble: Trouble
) -> None:
    trouble.allow("ERR_FAILED")
    page = new_page(aylin)
    page.route("**/film.mp4", lambda route: route.abort())
    page.goto(talk.get_absolute_url())
    expect(page.get_by_text("Das Video lässt sich gerade nicht laden.")).to_be_visible()
    page.unroute("**/film.mp4")
    page.get_by_role("button", name="Erneut versuchen").click()
    wait_for(page, "!video.paused && video.currentTime > 0.2")
    expect(page.get_by_text("Das Video lässt sich gerade nicht laden.")).to_be_hidden()


def test_without_scripts_there_is_the_native_video_and_the_text(
    new_page: NewPage, talk: Recording, aylin: Person
) -> None:
    page = new_page(aylin, java_script_enabled=False)
    page.goto(talk.get_absolute_url())
    expect(page.locator("video[controls]")).to_be_visible()
    expect(page.get_by_role("group", name="Bedienung des Videos")).to_be_hidden()
    page.get_by_text("Text zum Mitlesen").click()
    row = page.get_by_role("link", name="Der Laden öffnet")
    expect(row).to_be_visible()
    film = reverse(
        "recording_part", args=[talk.event.slug, talk.slug, talk.film.pk, "film.mp4"]
    )
    expect(row).to_have_attribute("href", f"{film}#t=20.0")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_recordings_are_accessible_and_fit_a_small_phone(
    new_page: NewPage,
    talk: Recording,
    aylin: Person,
    axe: Callable[[Page], list[str]],
    scheme: str,
) -> None:
    talk.stopped_by(aylin, 20)
    for width in (320, 1280):
        page = new_page(aylin, viewport={"width": width, "height": 800}, color_scheme=scheme)
        page.goto(reverse("recordings", args=[talk.event.slug]))
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        opened(page, talk)
        for summary in ["Text zum Mitlesen", "Tasten für das Video"]:
            page.get_by_text(summary, exact=True).click()
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_who_may_not_watch_yet_sees_when(
    new_page: NewPage, talk: Recording, aylin: Person, trouble: Trouble
) -> None:
    trouble.allow("status of 403")
    Recording.objects.update(available_from=talk.available_from + timedelta(hours=3))
    page = new_page(aylin)
    page.goto(talk.get_absolute_url())
    expect(page.get_by_role("heading", name="noch nicht geöffnet")).to_be_visible()
    expect(page.get_by_text("Sie öffnet am")).to_be_visible()
    expect(page.locator("video")).to_have_count(0)
