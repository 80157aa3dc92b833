"""Take the pictures in README.md and docs/ anew, from the demo: ``make pictures``."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import django
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "conference.settings")
django.setup()

from tests.browser.conftest import CHROMIUM, FLAGS, Server, running_demo  # noqa: E402

PICTURES = Path(__file__).parents[2] / "docs/pictures"
IMPORT = "/verwaltung/conference/registration/einlesen/"
EVENT = "/veranstaltungen/fachtag-quartier-2020/"
TALK = f"{EVENT}aufzeichnungen/rueckblick-im-gespraech/"


@contextmanager
def opened(browser: Browser, server: Server, role: str, path: str) -> Iterator[Page]:
    context = browser.new_context(
        base_url=server.url,
        locale="de-DE",
        timezone_id="Europe/Berlin",
        viewport={"width": 1280, "height": 860},
    )
    page = context.new_page()
    page.goto(f"/demo/eintreten/{role}/?next={path}" if role else path)
    page.wait_for_load_state("networkidle")
    yield page
    context.close()


def take(page: Page, name: str) -> None:
    """As a PNG of few colours, which is small and sharp."""
    page.evaluate("document.activeElement.blur()")
    page.wait_for_timeout(500)  # pictures and fonts settle
    picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(192).save(PICTURES / f"{name}.png", optimize=True)


def day_one(browser: Browser, server: Server) -> None:
    for name, role, path in [
        ("start", "", "/"),
        ("programme", "attendee", f"{EVENT}programm/"),
        ("market", "attendee", f"{EVENT}markt/"),
        ("recording", "attendee", TALK),
        ("captions", "organiser", f"{TALK}bearbeiten/untertitel/de/"),
        ("checklist", "organiser", f"{EVENT}checkliste/"),
        ("administration", "organiser", "/verwaltung/"),
        ("administration-forum", "organiser", "/verwaltung/conference/forum/1/change/"),
        ("administration-session", "organiser", "/verwaltung/conference/session/1/change/"),
    ]:
        with opened(browser, server, role, path) as page:
            take(page, name)


def mailing(browser: Browser, server: Server) -> None:
    path = "/verwaltung/conference/mailing/add/"
    with opened(browser, server, "organiser", path) as page:
        page.get_by_label("Betreff:", exact=True).fill("Was Sie morgen brauchen")
        page.get_by_label("Text:", exact=True).fill(
            "Guten Tag {name},\n\nmorgen um 10 Uhr geht es weiter. Bitte denken Sie an:\n\n"
            "- ein Headset\n- einen ruhigen Ort\n\n{link}\n\nFreundliche Grüße"
        )
        page.get_by_label("Betreff auf Englisch:").fill("What you need tomorrow")
        page.get_by_label("Text auf Englisch:").fill(
            "Dear {name},\n\ntomorrow at 10 it goes on. Please think of:\n\n"
            "- a headset\n- a quiet place\n\n{link}\n\nKind regards"
        )
        page.get_by_role("button", name="Weiter zur Vorschau").click()
        page.wait_for_load_state("networkidle")
        take(page, "mailing")


def day_two(browser: Browser, server: Server) -> None:
    with opened(browser, server, "moderator", f"{EVENT}foren/1/") as page:
        page.get_by_role("link", name="Zum Raum des Forums").first.click()
        page.wait_for_load_state("networkidle")
        take(page, "forum")


def registration(browser: Browser, server: Server) -> None:
    for name, role, path in [
        ("register", "", f"{EVENT}anmeldung/"),
        ("my-event", "attendee", f"{EVENT}meine-anmeldung/"),
        ("equipment", "", f"{EVENT}technik/"),
        ("figures", "organiser", f"{EVENT}zahlen/"),
        ("administration-registrations", "organiser", "/verwaltung/conference/registration/"),
    ]:
        with opened(browser, server, role, path) as page:
            take(page, name)
    with opened(browser, server, "organiser", IMPORT) as page:
        look_at_a_list(page)
        take(page, "administration-import")


def look_at_a_list(page: Page) -> None:
    page.get_by_label("Veranstaltung").select_option(label="Quartier 2030 – das neue Jahrzehnt")
    lines = ["Name;E-Mail;Ort", "Ida Stein;ida.stein@example.org;Weinheim", "Otto;otto@;Aalen"]
    content = "\n".join(lines).encode()
    page.get_by_label("Liste").set_input_files(
        {"name": "liste.csv", "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name="Zuerst prüfen").click()


def main() -> None:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    PICTURES.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as directory, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for moment, *tours in [
            ("registration", registration),
            ("day1 10:40", day_one, mailing),
            ("day2 13:05", day_two),
        ]:
            with running_demo(Path(directory), moment) as server:
                for tour in tours:
                    tour(browser, server)
        browser.close()


if __name__ == "__main__":
    main()
