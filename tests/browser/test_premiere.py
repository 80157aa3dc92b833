"""A premiere in three browsers: in step, whatever happens to one of them."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from playwright.sync_api import Page, Route, expect

from chat import clock
from conference.models import Event, Person, Premiere, Recording, Session
from tests.browser.conftest import Trouble
from tests.films import film

NewPage = Callable[..., Page]
Axe = Callable[[Page], list[str]]
LENGTH = 70  # seconds
WITHIN = 0.5  # seconds
# Where the film is, as if all pages were looked at in the same instant.
MOMENT = "document.querySelector('video').currentTime - Date.now() / 1000"
# As browsers have it for pages on which nobody has clicked yet: no sound.
NO_SOUND = """
  const play = HTMLMediaElement.prototype.play;
  let isAllowed = false;
  addEventListener("click", () => (isAllowed = true), true);
  HTMLMediaElement.prototype.play = function () {
    if (this.muted || isAllowed) return play.call(this);
    return Promise.reject(new DOMException("Nobody has clicked.", "NotAllowedError"));
  };
"""
PLAYS = """() => {
  const video = document.querySelector("video");
  return video && !video.paused && !video.seeking && video.readyState > 2 && video.currentTime;
}"""


@pytest.fixture
def premiere(recording: Recording, event: Event) -> Premiere:
    """In an hour, of a tiny film of seventy seconds in segments."""
    now = clock.now()
    session = Session.objects.create(
        event=event,
        slug="gruss",
        kind=Session.Kind.GREETING,
        title="Videogrußwort",
        starts_at=now + timedelta(hours=1),
        ends_at=now + timedelta(hours=2),
    )
    body = film(rate=5, seconds=LENGTH, name="gruss.mp4")
    source = ContentFile(body, "gruss.mp4")
    recording.videos.create(source=source, uploaded_at=now).process()
    Recording.objects.filter(pk=recording.pk).update(
        duration=timedelta(seconds=LENGTH), session=session, available_from=now
    )
    return Premiere.objects.create(session=session, recording=recording)


class Network:
    """Holds back what is asked for until it heals."""

    def __init__(self) -> None:
        self.held: list[Route] | None = []

    def pass_on(self, route: Route) -> None:
        if self.held is None:
            route.continue_()
        else:
            self.held.append(route)

    def heal(self) -> None:
        held, self.held = self.held or [], None
        for route in held:
            route.continue_()


def between(one: Page, other: Page) -> float:
    """Seconds of the film between what two pages show in the same instant."""
    return abs(float(one.evaluate(MOMENT)) - float(other.evaluate(MOMENT)))


def press(page: Page, summary: str, button: str = "") -> None:
    """A control of those who run it, which asks whether one is sure."""
    if button:
        page.get_by_text(summary, exact=True).click()
    page.get_by_role("button", name=button or summary).click()


def test_pages_stay_in_step_and_follow_those_who_run_it(
    new_page: NewPage,
    premiere: Premiere,
    trouble: Trouble,
    aylin: Person,
    gerd: Person,
    katrin: Person,
    axe: Axe,
) -> None:
    trouble.allow("favicon.ico")
    one, other, desk = new_page(aylin), new_page(gerd), new_page(katrin)
    one.add_init_script(NO_SOUND)
    network = Network()
    other.context.route(re.compile(r"/segmente/.*0000[1-9]\.m4s"), network.pass_on)
    for page in (one, other, desk):
        page.goto(premiere.get_absolute_url())
        expect(page.get_by_text("Beginnt in", exact=True)).to_be_visible()
    assert axe(one) == []

    press(desk, "Jetzt beginnen …", "Für alle beginnen")
    for page in (one, other):
        page.wait_for_function(PLAYS)  # opened by itself
    assert axe(one) == []
    one.get_by_role("button", name="Mit Ton mitsehen").click()
    expect(one.get_by_role("button", name="Mit Ton mitsehen")).to_be_hidden()
    assert one.evaluate("document.querySelector('video').muted") is False

    # The other one has its first segment only, and stands still for five seconds.
    other.wait_for_function("() => document.querySelector('video').readyState < 3")
    other.wait_for_timeout(5_000)
    assert between(one, other) > 3
    network.heal()
    other.wait_for_function(PLAYS)
    other.wait_for_timeout(4_000)
    differences = []
    for _look in range(8):
        differences.append(between(one, other))
        other.wait_for_timeout(500)
    assert max(differences) < WITHIN

    # Who comes late joins where it is.
    other.reload()
    other.wait_for_function(PLAYS)
    other.wait_for_timeout(3_000)
    assert between(one, other) < WITHIN
    other.get_by_role("button", name="Von Anfang an ansehen").click()
    expect(other.get_by_text("Sie sehen für sich")).to_be_visible()
    other.wait_for_function("() => document.querySelector('video').currentTime < 5")
    other.get_by_role("slider", name="Stelle im Video").press("End")  # no further than all
    other.wait_for_timeout(500)
    assert between(one, other) < 2
    other.get_by_role("button", name="Zurück zum gemeinsamen Moment").click()
    other.wait_for_function(PLAYS)

    press(desk, "Anhalten …", "Für alle anhalten")
    for page in (one, other):
        expect(page.get_by_text("Für alle angehalten: Es geht gleich weiter")).to_be_visible()
        page.wait_for_function("() => document.querySelector('video').paused")
    assert abs(float(one.evaluate(CURRENT)) - float(other.evaluate(CURRENT))) < WITHIN
    press(desk, "Für alle weiterlaufen lassen")
    for page in (one, other):
        page.wait_for_function(PLAYS)
    press(desk, "Beenden …", "Für alle beenden")
    for page in (one, other):
        expect(page.get_by_role("link", name="Zur Aufzeichnung")).to_be_visible()


CURRENT = "document.querySelector('video').currentTime"
