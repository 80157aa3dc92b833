"""What ``make demo`` starts: it comes up, keeps its data, and lets everybody in."""

import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.urls import resolve
from playwright.sync_api import Browser, Page

from conference.views.demo import ROLES
from tests.browser.conftest import Server, Trouble, running_demo

# They tell why, and what to do: a recording to strangers, a letter where somebody cannot be
# written to, an account that still keeps rooms.
SHUT_TO_SOME = {"recording", "chat:direct", "my_data_delete"}


@pytest.fixture(scope="module")
def demo(demo_directory: Path) -> Iterator[Server]:
    started_at = time.monotonic()
    with running_demo(demo_directory) as server:
        # On a machine with nothing else to do it takes three to six seconds.
        assert time.monotonic() - started_at < 30, "The second start is not quick."
        yield server


@pytest.fixture
def visitor(browser: Browser, demo: Server, trouble: Trouble) -> Iterator[Page]:
    context = browser.new_context(base_url=demo.url, locale="de-DE")
    trouble.watch(context, demo)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("role", ROLES)
def test_every_entrance_leads_in(role: str, visitor: Page) -> None:
    assert visitor.goto(f"/demo/eintreten/{role}/").status == 200
    assert "sessionid" in {cookie["name"] for cookie in visitor.context.cookies()}


def test_a_mail_that_somebody_asked_for_lies_in_the_outbox_in_a_moment(visitor: Page) -> None:
    visitor.goto("/anmelden/")
    visitor.get_by_label("E-Mail-Adresse").fill("gerd.hoffmann@example.org")
    visitor.get_by_label("E-Mail-Adresse").press("Enter")
    visitor.wait_for_url("**/anmelden/postfach/")
    until = time.monotonic() + 10
    while time.monotonic() < until:
        visitor.goto("/demo/postausgang/")
        if visitor.get_by_text("an gerd.hoffmann@example.org").count():
            break
    visitor.get_by_role("link", name="/anmelden/link/").first.click()
    assert visitor.get_by_role("button", name="Jetzt einloggen").count() == 1


def test_everybody_came_in_before_the_event(demo: Server, demo_directory: Path) -> None:
    with closing(sqlite3.connect(demo_directory / "fachtag.sqlite3")) as database:
        late = database.execute(
            """select registered_at, starts_at from conference_registration
                join conference_event on conference_event.id = event_id
                where registered_at > starts_at"""
        )
        assert late.fetchall() == []


@pytest.mark.parametrize("role", ["", "attendee", "lead", "moderator", "organiser"])
def test_wherever_links_lead_pages_are_sound(
    role: str, visitor: Page, axe: Callable[[Page], list[str]], trouble: Trouble
) -> None:
    visitor.set_viewport_size({"width": 320, "height": 800})
    trouble.allow("status of 40")
    if role:
        visitor.goto(f"/demo/eintreten/{role}/")
    findings = {}
    for path in walk(visitor, most=2 if role == "attendee" else 1):
        found = [*axe(visitor), *trouble.unforgiven]
        trouble.seen.clear()
        if visitor.locator("h1").count() != 1:
            found.append("has not one h1")
        if visitor.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append("is wider than 320 px")
        if found:
            findings[path] = found
    assert findings == {}


def walk(page: Page, most: int) -> Iterator[str]:
    """Follow all links from the start page; so many pages of each kind stand for the others."""
    waiting, seen = ["/"], {"/"}
    visits: Counter[str] = Counter()
    while waiting:
        path = waiting.pop(0)
        kind = resolve(urlsplit(path).path).view_name or ""
        visits[kind] += 1
        if visits[kind] > most or kind.startswith(("admin:", "demo_enter")):
            continue
        answer = page.request.get(path)
        expected = {200, 403, 409} if kind in SHUT_TO_SOME else {200}
        assert answer.status in expected, f"{path} answers {answer.status}"
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        page.goto(path)
        yield path
        links = page.evaluate(
            """[...document.links].filter((link) => link.origin === location.origin)
                .map((link) => link.pathname + link.search)"""
        )
        waiting += [link for link in dict.fromkeys(links) if link not in seen]
        seen.update(links)
