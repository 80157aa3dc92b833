"""Two people whose pages come from two processes, behind one PostgreSQL and one Valkey."""

import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Server, Trouble
from tests.faults.servers import Cluster, cluster

LIVE = "Neue Nachrichten erscheinen von selbst."
PATIENCE = 30_000  # milliseconds; a process needs some of them to start


@pytest.fixture
def processes(daphne: Server) -> Iterator[Cluster]:
    """With static files, which were collected for ``daphne``."""
    modules = ["chat.server", "chat.server"]
    with cluster(modules, "conference.asgi:application") as processes:
        wait_for(processes)
        yield processes


def wait_for(processes: Cluster) -> None:
    for _try in range(600):
        if processes.answers():
            return
        time.sleep(0.1)
    pytest.fail("The processes do not answer.")


@pytest.fixture
def enter(
    processes: Cluster, browser: Browser, trouble: Trouble
) -> Iterator[Callable[[int], Page]]:
    """``enter(1)``: the second person's page of the room, from the second process."""
    world, contexts = processes.ask("people", "2", "1"), []

    def open_page(which: int) -> Page:
        server = Server(f"http://127.0.0.1:{processes.ports[which]}", 0)
        context = browser.new_context(base_url=server.url, locale="de-DE")
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        trouble.watch(context, server)
        session = world["people"][which]["session"]
        context.add_cookies([{"name": "sessionid", "value": session, "url": server.url}])
        page = context.new_page()
        page.goto(f"/chat/{world['rooms'][0]}/")
        expect(page.locator(".chat__state")).to_have_text(LIVE, timeout=PATIENCE)
        return page

    yield open_page
    for context in contexts:
        context.close()


def write(page: Page, text: str) -> None:
    field = page.get_by_label("Ihre Nachricht")
    field.fill(text)
    field.press("Enter")


def messages(page: Page) -> Locator:
    return page.locator(".message:not(.message--pending) .message__body")


def test_two_processes_carry_one_talk_and_each_may_be_killed(
    enter: Callable[[int], Page], processes: Cluster, trouble: Trouble
) -> None:
    trouble.allow("ERR_CONNECTION_REFUSED")
    trouble.allow("WebSocket connection to")
    pages = [enter(0), enter(1)]
    write(pages[0], "Guten Tag aus dem ersten Prozess.")
    expect(messages(pages[1])).to_have_count(1, timeout=PATIENCE)
    write(pages[1], "Und einen schönen Gruß aus dem zweiten.")
    expect(messages(pages[0])).to_have_count(2, timeout=PATIENCE)
    for which in (0, 1):
        processes.kill(which)
        write(pages[which], f"Hört man mich ohne Prozess {which}?")
        expect(pages[which].locator(".message--pending")).to_have_count(1)
        write(pages[1 - which], f"Prozess {which} ist wohl abgestürzt.")
        expect(messages(pages[1 - which]).last).to_have_text(
            f"Prozess {which} ist wohl abgestürzt.", timeout=PATIENCE
        )
        processes.start(which)
        wait_for(processes)
        for page in pages:
            expect(messages(page).last).to_have_text(
                f"Hört man mich ohne Prozess {which}?", timeout=PATIENCE
            )
    for page in pages:
        expect(messages(page)).to_have_text(
            [
                "Guten Tag aus dem ersten Prozess.",
                "Und einen schönen Gruß aus dem zweiten.",
                "Prozess 0 ist wohl abgestürzt.",
                "Hört man mich ohne Prozess 0?",
                "Prozess 1 ist wohl abgestürzt.",
                "Hört man mich ohne Prozess 1?",
            ]
        )
