"""A real Daphne on a real PostgreSQL of its own: busy, away, and back."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from django.conf import settings

from tests.services import PostgresServer, postgresql


@pytest.fixture(scope="module")
def database() -> Iterator[PostgresServer]:
    with postgresql() as database:
        yield database


@pytest.fixture(scope="module")
def url(database: PostgresServer) -> Iterator[str]:
    """An address of that server that asks the database."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "DATABASE_URL": database.get_uri(),
        "THREADS": "4",
        "LOG_LEVEL": "CRITICAL",
    }
    run = [sys.executable, "-W", "ignore", "-m"]
    subprocess.run([*run, "django", "migrate", "-v0"], env=environment, check=True)
    process = subprocess.Popen(
        [*run, "daphne", "-v0", "-p", str(port), "conference.asgi:application"],
        env=environment,
        cwd=settings.BASE_DIR,
    )
    url = f"http://127.0.0.1:{port}/veranstaltungen/keine/"
    try:
        wait_until(lambda: answer(url)[0] == 404)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)


def answer(url: str) -> tuple[int, str]:
    try:
        with urlopen(Request(url, headers={"Accept-Language": "en"}), timeout=20) as response:
            return response.status, response.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


def wait_until(true: object) -> None:
    for _try in range(150):
        with suppress(OSError):
            if true():
                return
        time.sleep(0.1)
    pytest.fail("It did not happen within 15 s.")


def test_many_requests_share_few_connections(url: str) -> None:
    with ThreadPoolExecutor(20) as visitors:
        statuses = {status for status, _text in visitors.map(answer, [url] * 200)}
    assert statuses == {404}


def test_a_database_that_is_away_is_told_and_comes_back(
    url: str, database: PostgresServer
) -> None:
    database.stop()
    status, text = answer(url)
    assert status == 503
    assert "<h1>Back in a moment</h1>" in text
    database.ensure_postgres_running()
    wait_until(lambda: answer(url)[0] == 404)
