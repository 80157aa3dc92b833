"""Hundreds of real sockets on a real process: some stall, all come at once, some misbehave."""

import os
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from threading import Event, Thread
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen
from uuid import uuid4

import psutil
import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chat import clock
from chat.consumers import Code
from chat.models import Membership, Room
from conference.models import Person
from tests.browser.conftest import database_url

pytestmark = pytest.mark.django_db(transaction=True)
MIB = 2**20
CSRF = "c" * 32


@contextmanager
def running(module: str, *options: str) -> Iterator[tuple[int, psutil.Process]]:
    """A server process of this kind; its port, and it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "conference.settings",
        "DATABASE_URL": database_url(),
        "REDIS_URL": "",
        "LOG_LEVEL": "CRITICAL",
    }
    run = [sys.executable, "-W", "ignore", "-m", module, "-v0", "-p", str(port), *options]
    with subprocess.Popen(
        [*run, "tests.chat.unlimited:application"], env=environment, cwd=settings.BASE_DIR
    ) as process:
        try:
            for _try in range(300):
                with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                    break
                time.sleep(0.1)
            yield port, psutil.Process(process.pid)
        finally:
            process.kill()


def wait_until(true: Callable[[], object], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"It did not happen within {seconds} s."
        time.sleep(0.05)


def cookies_of(person: Person) -> str:
    client = Client()
    client.force_login(person)
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}; {settings.CSRF_COOKIE_NAME}={CSRF}"


def post(port: int, room: Room, cookies: str, text: str) -> None:
    address = f"http://127.0.0.1:{port}{reverse('chat:post', args=[room.pk])}"
    data = urlencode({"body": text, "client_id": str(uuid4())}).encode()
    headers = {"Cookie": cookies, "X-CSRFToken": CSRF, "Accept": "application/json"}
    with urlopen(Request(address, data, headers), timeout=60) as response:
        assert response.status == 201


class Reader:
    """A socket that counts the messages it hears, and says now and then how many came."""

    def __init__(self, port: int, room: Room, cookies: str, buffer: int = 0) -> None:
        self.client = socket.socket()
        if buffer:
            self.client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self.client.connect(("127.0.0.1", port))
        self.client.sendall(
            f"GET /live/?raum={room.pk} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nOrigin: http://localhost\r\nCookie: {cookies}\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
            .encode()
        )  # fmt: skip
        self.started = time.monotonic()
        self.data = bytearray()
        self.has_shaken = False
        self.frames = self.told = self.untold = 0
        self.numbers: list[int] = []
        self.greeted_after = 0.0
        self.code = 0
        self.is_open = True

    def read(self) -> None:
        try:
            data = self.client.recv(MIB)
        except OSError:
            data = b""
        self.is_open = bool(data)
        self.data += data
        if not self.has_shaken and b"\r\n\r\n" in self.data:
            self.has_shaken = True
            assert self.data.startswith(b"HTTP/1.1 101"), bytes(self.data[:200])
            del self.data[: self.data.index(b"\r\n\r\n") + 4]
        while self.has_shaken and (frame := self.next_frame()):
            self.take(*frame)

    def next_frame(self) -> tuple[int, bytes] | None:
        data = self.data
        if len(data) < 2:
            return None
        length, start = data[1], 2
        if length > 125:
            start = 4 if length == 126 else 10
            length = int.from_bytes(data[2:start])
        if len(data) < start + length:
            return None
        frame = data[0], bytes(data[start : start + length])
        del data[: start + length]
        return frame

    def take(self, kind: int, data: bytes) -> None:
        if kind == 0x88:
            self.code = int.from_bytes(data[:2])
        if kind == 0x89:
            self.say(0x8A, data)
        if kind != 0x81:
            return
        self.greeted_after = self.greeted_after or time.monotonic() - self.started
        self.frames, self.untold = self.frames + 1, self.untold + len(data)
        for line in data.split(b"\n"):
            if b'"html"' in line:
                self.numbers.append(int(line.split(b'"number":')[1].split(b",")[0]))
        if self.frames - self.told >= 50 or self.untold >= 30_000:
            self.told, self.untold = self.frames, 0
            self.say(0x81, str(self.frames).encode())

    def say(self, kind: int, data: bytes) -> None:
        """A frame of a client: masked, here with zeros."""
        short = len(data) < 126
        length = bytes([0x80 | len(data)]) if short else b"\xfe" + len(data).to_bytes(2)
        with suppress(OSError):
            self.client.sendall(bytes([kind]) + length + bytes(4) + data)


@contextmanager
def reading(readers: list[Reader]) -> Iterator[None]:
    """They are read in a thread, as long as this lasts."""
    selector, is_over = selectors.DefaultSelector(), Event()
    for reader in readers:
        selector.register(reader.client, selectors.EVENT_READ, reader)

    def read() -> None:
        while not is_over.is_set():
            for key, _events in selector.select(0.1) if selector.get_map() else []:
                key.data.read()
                if not key.data.is_open:
                    selector.unregister(key.fileobj)

    thread = Thread(target=read)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def opened(stack: ExitStack, count: int, *about: Any, **more: Any) -> list[Reader]:
    readers = [Reader(*about, **more) for _socket in range(count)]
    for reader in readers:
        stack.callback(reader.client.close)
    return readers


def say(text: str) -> None:
    print(text)  # noqa: T201 - with the test's output, if it fails


# -- slow readers


@pytest.mark.parametrize("module", ["chat.server", "daphne"])
def test_stalled_readers_cost_little_and_are_let_go(
    module: str, stack: ExitStack, room: Room, aylin: Person
) -> None:
    """50 of 500; what they were sent and never read would be more than 80 MiB."""
    cookies = cookies_of(aylin)
    port, process = stack.enter_context(running(module))
    well = opened(stack, 450, port, room, cookies)
    stack.enter_context(reading(well))
    wait_until(lambda: all(reader.greeted_after for reader in well), 60)
    sockets = len(process.net_connections("tcp"))
    stalled = opened(stack, 50, port, room, cookies, buffer=4096)
    for reader in stalled:
        while not reader.greeted_after:
            reader.read()
    before = process.memory_info().rss
    most = 0
    for number in range(200):
        post(port, room, cookies, f"{number} " + "🏘" * 1990)
        most = max(most, process.memory_info().rss - before)
    wait_until(lambda: all(len(reader.numbers) == 200 for reader in well), 60)
    wait_until(lambda: len(process.net_connections("tcp")) <= sockets, 30)
    say(f"{most / MIB:.0f} MiB at most")
    assert most < 45 * MIB
    assert [reader.numbers for reader in well] == [[*range(1, 201)]] * 450
    assert all(reader.is_open for reader in well)
    assert not any(closed_for_good(reader) for reader in stalled)


@pytest.mark.parametrize("module", ["chat.server", "daphne"])
def test_who_stalls_in_a_calm_room_is_let_go_for_not_answering_pings(
    module: str, stack: ExitStack, room: Room, aylin: Person
) -> None:
    """Far below the bytes that would show it. The server's own 20 and 30 s are 1 and 2 here."""
    cookies = cookies_of(aylin)
    pings = ("--ping-interval", "1", "--ping-timeout", "2")
    port, process = stack.enter_context(running(module, *pings))
    [well] = opened(stack, 1, port, room, cookies)
    stack.enter_context(reading([well]))
    wait_until(lambda: well.greeted_after, 30)
    sockets = len(process.net_connections("tcp"))
    for reader in opened(stack, 5, port, room, cookies):
        while not reader.greeted_after:
            reader.read()
    assert len(process.net_connections("tcp")) >= sockets + 5
    post(port, room, cookies, "Ist noch jemand da?")
    wait_until(lambda: len(process.net_connections("tcp")) <= sockets, 20)
    post(port, room, cookies, "Ja.")
    wait_until(lambda: well.numbers == [1, 2], 10)
    assert well.is_open


def closed_for_good(reader: Reader) -> bool:
    """With a code after which the browser does not come back."""
    reader.client.settimeout(20)
    while reader.is_open:
        reader.read()
    return reader.code not in (0, Code.SLOW)


# -- sudden arrivals


def crowd_of(room: Room, count: int) -> list[str]:
    """So many members, each with the cookies of a login."""
    people = Person.objects.bulk_create(
        Person(email=f"p{i}@example.org", name=f"Person {i}", password="!")
        for i in range(count)
    )
    now, store, later = clock.now(), SessionStore(), timezone.now() + timedelta(days=1)
    Membership.objects.bulk_create(
        Membership(room=room, person=person, admitted_at=now) for person in people
    )
    sessions = Session.objects.bulk_create(
        Session(
            session_key=uuid4().hex,
            expire_date=later,
            session_data=store.encode(
                {
                    SESSION_KEY: str(person.pk),
                    BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
                    HASH_SESSION_KEY: person.get_session_auth_hash(),
                }
            ),
        )
        for person in people
    )
    return [f"{settings.SESSION_COOKIE_NAME}={session.pk}" for session in sessions]


def test_a_thousand_arrive_at_once_and_pages_are_served(
    stack: ExitStack, room: Room, aylin: Person
) -> None:
    """All hear where their room stands, and pages come meanwhile.

    It takes a few seconds where nothing else runs; the bounds allow for busy machines.
    """
    crowd, cookies = crowd_of(room, 1000), cookies_of(aylin)
    port, _process = stack.enter_context(running("chat.server"))
    page = Request(
        f"http://127.0.0.1:{port}/chat/{room.pk}/?since=0",
        headers={"Cookie": cookies, "Accept": "application/json"},
    )
    urlopen(page, timeout=20).close()
    readers: list[Reader] = []
    pages: list[float] = []
    is_over = Event()

    def look() -> None:
        while not is_over.is_set():
            asked = time.monotonic()
            urlopen(page, timeout=30).close()
            pages.append(time.monotonic() - asked)

    visitor = Thread(target=look)
    visitor.start()
    start = time.monotonic()
    for login in crowd:
        readers += opened(stack, 1, port, room, login)
    stack.enter_context(reading(readers))
    wait_until(lambda: all(reader.greeted_after for reader in readers), 90)
    is_over.set()
    visitor.join()
    say(
        f"all there after {time.monotonic() - start:.1f} s, meanwhile {len(pages)} pages in at "
        f"most {max(pages):.1f} s"
    )
    assert len(pages) > 1
    assert max(pages) < 20
    post(port, room, cookies, "Sind alle wieder da?")
    wait_until(lambda: all(reader.numbers == [1] for reader in readers), 10)


# -- misbehaviour


def test_floods_garbage_and_giants_close_that_socket_only(
    stack: ExitStack, room: Room, aylin: Person
) -> None:
    cookies = cookies_of(aylin)
    port, process = stack.enter_context(running("chat.server"))
    well, *bad = opened(stack, 6, port, room, cookies)
    stack.enter_context(reading([well, *bad]))
    wait_until(lambda: all(reader.greeted_after for reader in [well, *bad]), 30)
    before = process.memory_info().rss
    for _frame in range(20_000):
        bad[0].say(0x81, b"flood")
    bad[1].say(0x81, os.urandom(100))
    bad[2].say(0x81, b"1" * 65_000)
    with suppress(OSError):
        bad[3].client.sendall(b"\x81\xff" + (2**40).to_bytes(8) + bytes(4) + bytes(100_000))
    with suppress(OSError):
        bad[4].client.sendall(b"\xff" * 100_000)
    wait_until(lambda: not any(reader.is_open for reader in bad), 30)
    assert bad[2].code == Code.MALFORMED  # others may have been too busy sending to hear it
    assert process.memory_info().rss - before < 20 * MIB
    post(port, room, cookies, "Noch da?")
    wait_until(lambda: well.numbers == [1], 10)


def test_who_sends_pings_and_reads_no_answers_is_let_go(
    stack: ExitStack, room: Room, aylin: Person
) -> None:
    port, process = stack.enter_context(running("chat.server"))
    cookies = cookies_of(aylin)
    (well,) = opened(stack, 1, port, room, cookies)
    stack.enter_context(reading([well]))
    (bad,) = opened(stack, 1, port, room, cookies, buffer=4096)
    while not (well.greeted_after and bad.greeted_after):
        bad.read()
    before = process.memory_info().rss
    ping = b"\x89\xfd" + bytes(4) + b"p" * 125
    with suppress(OSError):
        bad.client.settimeout(20)
        bad.client.sendall(ping * 40_000)
    wait_until(lambda: len(process.net_connections("tcp")) == 2, 30)  # the door, and one reader
    assert process.memory_info().rss - before < 40 * MIB
    post(port, room, cookies, "Noch da?")
    wait_until(lambda: well.numbers == [1], 10)
