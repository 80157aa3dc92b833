"""That the ground of the browser tests itself holds."""

from collections.abc import Callable

from playwright.sync_api import Page

from conference.models import Event, Person
from tests.browser.conftest import Trouble


def test_server_and_test_share_the_database(event: Event, page: Page) -> None:
    answer = page.goto(event.get_absolute_url())
    assert answer.status == 200


def test_a_person_arrives_logged_in(
    aylin: Person, new_page: Callable[..., Page], event: Event
) -> None:
    page = new_page(aylin)
    page.goto("/")
    names = [cookie["name"] for cookie in page.context.cookies()]
    assert "sessionid" in names


def test_errors_violations_and_other_hosts_are_seen(page: Page, trouble: Trouble) -> None:
    page.goto("/")
    page.evaluate(
        """async () => {
            console.error("from the console");
            const style = document.createElement("style");
            style.textContent = "body { color: red }";
            document.head.append(style);
            await fetch("http://elsewhere.example/").catch(() => {});
            setTimeout(() => { throw new Error("uncaught one") });
            await new Promise((resolve) => setTimeout(resolve, 100));
        }"""
    )
    seen = "\n".join(trouble.seen)
    for part in ["from the console", "CSP: style-src-elem", "uncaught one", "elsewhere"]:
        assert part in seen
        trouble.allow(part)
    trouble.seen.clear()
