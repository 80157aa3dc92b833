"""Daphne gives files out without keeping them, however slow their readers are."""

import socket
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from django.conf import settings

from conference.segments import address_of
from tests.browser.conftest import Server

SIZE = 500 * 2**20
MIB = 2**20


NAME = f"recordings/{'0123456789abcdef' * 2}/720/00000.m4s"


@pytest.fixture
def path() -> Iterator[Path]:
    """A film in one segment of 500 MiB, which takes no room on the disk."""
    path = Path(settings.MEDIA_ROOT) / NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.truncate(SIZE)
    yield path
    path.unlink()


@pytest.fixture
def big_film(path: Path) -> str:
    """Its address; a plain video is sent in the same way."""
    return address_of(NAME)


def ask(server: Server, path: str, headers: str = "") -> socket.socket:
    url = urlsplit(server.url)
    connection = socket.create_connection((url.hostname, url.port), timeout=20)
    request = f"GET {path} HTTP/1.1\r\nHost: {url.netloc}\r\n{headers}\r\n"
    connection.sendall(request.encode())
    return connection


def memory(server: Server) -> int:
    return psutil.Process(server.pid).memory_info().rss


def read(connection: socket.socket, size: int) -> int:
    """How many bytes came, ``size`` of them if that many are to be had."""
    count = 0
    while count < size and (data := connection.recv(min(65_536, size - count))):
        count += len(data)
    return count


def test_twenty_readers_of_a_big_file_cost_little_memory(server: Server, big_film: str) -> None:
    """Five stall at once, five after some bytes, ten read on; half of them ask for ranges."""
    with closing(ask(server, big_film)) as first:
        read(first, MIB)
    before = memory(server)
    readers = [
        ask(server, big_film, "Range: bytes=1000-\r\n" if number % 2 else "")
        for number in range(20)
    ]
    for reader in readers[5:]:
        read(reader, 100_000)
    for reader in readers[10::2]:
        assert read(reader, 20 * MIB) == 20 * MIB
    time.sleep(1)
    grown = memory(server) - before
    for reader in readers:
        reader.close()
    assert grown < 40 * MIB


def test_a_reader_who_leaves_is_let_go(server: Server, big_film: str) -> None:
    with closing(ask(server, big_film)) as reader:
        read(reader, MIB)
        assert open_files(server) == ["00000.m4s"]
    for _try in range(50):
        if not open_files(server):
            break
        time.sleep(0.1)
    assert open_files(server) == []


def open_files(server: Server) -> list[str]:
    paths = (Path(file.path) for file in psutil.Process(server.pid).open_files())
    return [path.name for path in paths if path.is_relative_to(settings.MEDIA_ROOT)]


def test_a_whole_file_arrives_whole(server: Server, big_film: str) -> None:
    with closing(ask(server, big_film, "Connection: close\r\n")) as reader:
        head = b""
        while b"\r\n\r\n" not in head:
            head += reader.recv(1)
        assert f"Content-Length: {SIZE}".encode() in head
        assert read(reader, SIZE + 1) == SIZE


def test_a_connection_serves_on_after_a_long_answer(
    server: Server, path: Path, big_film: str
) -> None:
    with path.open("wb") as file:
        file.truncate(3 * MIB)
    with closing(ask(server, big_film)) as reader:
        for _again in range(2):
            head = b""
            while b"\r\n\r\n" not in head:
                head += reader.recv(1)
            assert read(reader, 3 * MIB) == 3 * MIB
            reader.sendall(f"GET {big_film} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
