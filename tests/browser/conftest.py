"""A real Daphne, a real Chromium, and a watch over what the pages do on the side."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from filelock import FileLock
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from conference.models import Person
from tests.chromium import CHROMIUM, FLAGS
from tests.worker import working

AXE = settings.BASE_DIR / "node_modules/axe-core/axe.min.js"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


# -- the server


@dataclass
class Server:
    url: str
    pid: int


@pytest.fixture(scope="session")
def daphne(django_db_setup: None) -> Iterator[Server]:
    """One Daphne for all tests, as ``make demo`` runs it, on the test database."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "conference.settings",
        "DATABASE_URL": database_url(),
        "TRIES_PER_NETWORK": "100000",
        "SITE_URL": f"http://127.0.0.1:{port}",
    }
    run = [sys.executable, "-W", "ignore", "-m"]
    subprocess.run(
        [*run, "django", "collectstatic", "--noinput", "-v0"], env=environment, check=True
    )
    process = subprocess.Popen(
        [*run, "chat.server", "-v0", "-p", str(port), "conference.asgi:application"],
        env=environment,
        cwd=settings.BASE_DIR,
    )
    server = Server(f"http://127.0.0.1:{port}", process.pid)
    try:
        wait_for(server, process)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=20)


def database_url() -> str:
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    url = urlsplit(os.environ["DATABASE_URL"])
    return url._replace(path=f"/{database['NAME']}").geturl()


def wait_for(server: Server, process: subprocess.Popen[bytes]) -> None:
    for _try in range(200):
        assert process.poll() is None, "Daphne ended early; its output says why."
        with suppress(OSError), urlopen(server.url, timeout=10):
            return
        time.sleep(0.1)
    pytest.fail("Daphne does not answer.")


@pytest.fixture
def server(daphne: Server, transactional_db: None) -> Server:
    return daphne


@pytest.fixture
def worker(server: Server) -> Iterator[None]:
    """Sends what the pages write, to an outbox that is empty at first.

    It ends before the database is emptied.
    """
    shutil.rmtree(settings.OUTBOX, ignore_errors=True)
    with working(DATABASE_URL=database_url(), SITE_URL=server.url):
        yield


# -- the demo


@contextmanager
def running_demo(directory: Path, moment: str = "") -> Iterator[Server]:
    """As the Makefile starts it; its clock stands at this moment of the event."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "conference.settings",
        "VAR_DIR": str(directory),
        "DATABASE_URL": f"sqlite:///{directory}/fachtag.sqlite3",
    }
    process = subprocess.Popen(
        [sys.executable, "manage.py", "demo", "--moment", moment, "--port", port],
        env=environment,
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        lines = iter(process.stdout.readline, "")
        assert any("Fachtag is up" in line for line in lines), "It ended before it was up."
        yield Server(f"http://127.0.0.1:{port}", process.pid)
    finally:
        process.terminate()  # SIGINT is ignored where tests run in the background
        process.communicate(timeout=20)


@pytest.fixture(scope="module")
def demo_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the demo has been started once, on the morning of its first day.

    Made once for all, since that takes a while; each module has a copy.
    """
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    with FileLock(shared / "demo.lock"):
        if not (shared / "demo").exists():
            with running_demo(shared / "demo-in-the-making", "day1 10:40"):
                pass
            (shared / "demo-in-the-making").rename(shared / "demo")
    directory = tmp_path_factory.mktemp("copy") / "demo"
    return shutil.copytree(shared / "demo", directory)


# -- the browser


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        message = "No Chromium here: install the package “chromium” to run the browser tests."
        (pytest.fail if os.environ.get("CI") else pytest.skip)(message)
    # Playwright runs an event loop in this thread; the tests' own queries may go on.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Trouble:
    """What pages must not do: break the CSP, log errors, ask other hosts.

    ``allow("status of 404")`` forgives what contains this text.
    """

    seen: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)
    is_paused: bool = False

    def allow(self, text: str) -> None:
        self.allowed.append(text)

    def note(self, text: str) -> None:
        if not self.is_paused:
            self.seen.append(text)

    @property
    def unforgiven(self) -> list[str]:
        return [text for text in self.seen if not any(part in text for part in self.allowed)]

    def watch(self, context: BrowserContext, server: Server) -> None:
        host = urlsplit(server.url).netloc
        context.add_init_script(
            """addEventListener("securitypolicyviolation", (event) => console.error(
                `CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`
            ))"""
        )

        def ask(url: str) -> None:
            parts = urlsplit(url)
            if parts.scheme not in {"data", "blob", "about"} and parts.netloc != host:
                self.note(f"asked another host: {url}")

        context.on("request", lambda request: ask(request.url))
        context.on("weberror", lambda error: self.note(f"uncaught: {error.error}"))
        context.on("page", lambda page: page.on("websocket", lambda ws: ask(ws.url)))
        context.on(
            "console",
            lambda message: (
                self.note(f"{message.text} ({message.location.get('url')})")
                if message.type == "error"
                else None
            ),
        )


@pytest.fixture
def trouble() -> Iterator[Trouble]:
    trouble = Trouble()
    yield trouble
    assert trouble.unforgiven == []


@pytest.fixture
def new_page(
    browser: Browser, server: Server, trouble: Trouble
) -> Iterator[Callable[..., Page]]:
    """``new_page(aylin)``: a page in a browser of her own, logged in, at nobody's address yet.

    Further arguments are Playwright's for a context, such as ``java_script_enabled=False``;
    addresses are relative to the server's.
    """
    contexts: list[BrowserContext] = []

    def open_page(person: Person | None = None, **options: object) -> Page:
        context = browser.new_context(base_url=server.url, locale="de-DE", **options)
        contexts.append(context)
        context.set_default_timeout(10_000)
        trouble.watch(context, server)
        if person:
            context.add_cookies([session_cookie(person, server)])
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


def session_cookie(person: Person, server: Server) -> dict[str, str]:
    client = Client()
    client.force_login(person)
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": server.url}


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A stranger's page."""
    return new_page()


@pytest.fixture
def axe(trouble: Trouble) -> Callable[[Page], list[str]]:
    """``axe(page) == []``: the page's findings, each with its rule and its place."""

    def findings(page: Page) -> list[str]:
        trouble.is_paused = True  # axe itself tries what the CSP forbids
        page.evaluate(AXE.read_text())
        found = page.evaluate("axe.run({preload: false})")["violations"]
        trouble.is_paused = False
        return [
            f"{rule['id']} ({rule['help']}): {node['target']}"
            for rule in found
            for node in rule["nodes"]
        ]

    return findings
