"""The reference event, played by its people in browsers of their own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.conftest import Server, Trouble, running_demo
from tests.browser.test_chat import choose

EVENT = "/veranstaltungen/fachtag-quartier-2020/"
LIVE = "Neue Nachrichten erscheinen von selbst."
POLLING = "Neue Nachrichten alle paar Sekunden."
SECOND = 1_000
POLL = 15_000  # twice as long as two polls of live-socket.js may lie apart
Enter = Callable[..., Page]


@pytest.fixture(scope="module")
def demo(demo_directory: Path) -> Iterator[Server]:
    """Thursday, five past one: the first round of the forums has begun."""
    with running_demo(demo_directory, "day2 13:05") as server:
        yield server


@pytest.fixture
def enter(browser: Browser, demo: Server, trouble: Trouble) -> Iterator[Enter]:
    """``enter("lead", path)``: a browser of that person's, at this page of the event."""
    contexts: list[BrowserContext] = []

    def enter(role: str, path: str, **options: object) -> Page:
        context = browser.new_context(base_url=demo.url, locale="de-DE", **options)
        contexts.append(context)
        trouble.watch(context, demo)
        page = context.new_page()
        page.goto(f"/demo/eintreten/{role}/?next={EVENT}{path}")
        return page

    yield enter
    for context in contexts:
        context.close()


def write(page: Page, text: str) -> None:
    page.get_by_label("Ihre Nachricht").fill(text)
    page.get_by_label("Ihre Nachricht").press("Enter")


def message(page: Page, text: str) -> Locator:
    return page.locator(".message:not(.message--pending) .message__body").get_by_text(text)


def own_stand(lead: Page) -> str:
    """The path of the stand that the lead keeps, found as the lead would."""
    lead.get_by_role("link", name="Meine Stände").click()
    lead.locator("main").get_by_role("link", name="Zum Stand").first.click()
    lead.wait_for_url("**/markt/*/")
    return lead.url.partition(EVENT)[2]


def test_attendee_and_lead_talk_at_the_stand(enter: Enter) -> None:
    lead = enter("lead", "markt/")
    path = own_stand(lead)
    visitor, reader = enter("attendee", path), enter("attendee2", path)
    for page in (lead, visitor, reader):
        expect(page.locator(".chat__state")).to_have_text(LIVE)
    write(visitor, "Guten Tag, wie viele machen bei Ihnen mit?")
    for page in (lead, reader):
        question = message(page, "Guten Tag, wie viele machen bei Ihnen mit?")
        expect(question).to_be_visible(timeout=SECOND)
    write(lead, "Inzwischen 140 Haushalte!")
    expect(message(visitor, "Inzwischen 140 Haushalte!")).to_be_visible(timeout=SECOND)


def test_a_moderator_and_two_attendees_talk_in_the_forum(enter: Enter) -> None:
    people = [enter(role, "foyer/") for role in ("moderator", "attendee", "attendee2")]
    moderator, first, second = people
    moderator.goto(f"{EVENT}foren/1/")
    moderator.get_by_role("link", name="Zum Raum des Forums").first.click()
    for page in (first, second):
        page.get_by_role("main").get_by_role("link", name="Forum 1").first.click()
    for page in people:
        expect(page.locator(".chat__state")).to_have_text(LIVE)
    write(moderator, "Willkommen im Forum 1.")
    for page in (first, second):
        expect(message(page, "Willkommen im Forum 1.")).to_be_visible(timeout=SECOND)
    write(first, "Wer darf das sehen? Kaufen Sie jetzt!")
    row = moderator.locator(".message", has_text="Kaufen Sie jetzt!")
    choose(row, "Ausblenden")
    expect(message(second, "Kaufen Sie jetzt!")).to_have_count(0, timeout=SECOND)
    expect(
        second.get_by_text("Die Moderation hat diese Nachricht ausgeblendet.")
    ).to_be_visible()


def test_who_has_no_place_is_turned_away_and_told_why(enter: Enter, trouble: Trouble) -> None:
    trouble.allow("status of 403")
    attendee = enter("attendee", "foyer/")
    attendee.get_by_role("main").get_by_role("link", name="Forum 1").first.click()
    path = attendee.url.partition(EVENT)[2]
    outsider = enter("lead", path)  # his place is in another forum
    expect(outsider.get_by_role("heading", level=1)).to_be_visible()
    reason = "Dieser Raum ist für Personen geöffnet, die einen Platz in diesem Forum haben."
    expect(outsider.get_by_text(reason)).to_be_visible()
    expect(outsider.locator(".chat")).to_have_count(0)


def test_without_javascript_and_without_sockets_nobody_is_left_out(enter: Enter) -> None:
    lead = enter("lead", "markt/")
    path = own_stand(lead)
    plain = enter("attendee", path, java_script_enabled=False)
    blocked = enter("attendee2", "foyer/")
    blocked.add_init_script("delete window.WebSocket")
    blocked.goto(EVENT + path)
    expect(blocked.locator(".chat__state")).to_have_text(POLLING)
    plain.get_by_label("Ihre Nachricht").fill("Hier schreibt jemand ohne JavaScript.")
    plain.get_by_role("button", name="Senden").click()
    for page in (plain, lead, blocked):
        seen = message(page, "Hier schreibt jemand ohne JavaScript.")
        expect(seen).to_be_visible(timeout=POLL)


def test_the_greeting_is_watched_sought_in_and_resumed(enter: Enter) -> None:
    page = enter("attendee", "aufzeichnungen/")
    page.get_by_role("link", name="Grußwort").first.click()
    path = page.url.partition(EVENT)[2]
    with page.expect_response(lambda answer: "/segmente/" in answer.url and answer.ok):
        page.get_by_role("button", name="Abspielen").first.click()
    page.wait_for_function("() => document.querySelector('video').currentTime > 0.5")
    page.evaluate("document.querySelector('video').currentTime = 30")
    page.wait_for_function("() => !document.querySelector('video').seeking")
    with page.expect_response(lambda answer: "/stelle/" in answer.url):
        page.get_by_role("button", name="Anhalten").first.click()
    elsewhere = enter("attendee", path)
    elsewhere.wait_for_function("() => document.querySelector('video').currentTime >= 29")
