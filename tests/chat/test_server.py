"""Frames over a real Daphne of ours, read by a real socket."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.tcp import Connection

from chat.frame import EXTENSION, Frame
from chat.server import BUFFERS


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answers ``3 1000`` with numbers 0 to 2, each padded to 1,000 characters.

    Every third frame goes the usual way. Says at last how many bytes had to wait.
    """
    pipe = scope["extensions"][EXTENSION]
    await receive()
    await send({"type": "websocket.accept"})
    while (event := await receive())["type"] == "websocket.receive":
        count, length = map(int, event["text"].split())
        waited = 0
        for number in range(count):
            text = str(number).ljust(length, ".")
            if number % 3 == 2:
                await send({"type": "websocket.send", "text": text})
            else:
                waited = max(waited, pipe.write(Frame(text).data))
        await send({"type": "websocket.send", "text": f"waited {waited}"})
    assert pipe.write(Frame("too late").data) == 0


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [
            *(sys.executable, "-W", "ignore", "-m", "chat.server", "-v0"),
            *("-p", str(port), f"{__name__}:application"),
        ],
        env=os.environ,
    )
    try:
        for _try in range(100):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


@contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        client.sendall(
            b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):
            answer += client.recv(1)
        assert answer.startswith(b"HTTP/1.1 101")
        yield client


def say(client: socket.socket, text: str) -> None:
    """A frame of a client: masked, here with zeros."""
    client.sendall(bytes([0x81, 0x80 | len(text)]) + bytes(4) + text.encode())


def hear(client: socket.socket) -> str:
    def exactly(count: int) -> bytes:
        data = b""
        while len(data) < count:
            data += client.recv(count - len(data))
        return data

    first, length = exactly(2)
    assert first == 0x81
    if length > 125:
        length = int.from_bytes(exactly(2 if length == 126 else 8))
    return exactly(length).decode()


@pytest.mark.parametrize("length", [10, 125, 126, 1_000, 65_535, 65_536, 200_000])
def test_frames_of_both_ways_arrive_whole_and_in_order(port: int, length: int) -> None:
    with connected(port) as client:
        say(client, f"9 {length}")
        texts = [hear(client) for _frame in range(10)]
    assert texts[:9] == [str(number).ljust(length, ".") for number in range(9)]


def test_who_reads_slowly_gets_everything_and_is_noticed(port: int) -> None:
    with connected(port) as client:
        say(client, "300 60000")
        time.sleep(1)
        texts = [hear(client) for _frame in range(301)]
    assert texts[:300] == [str(number).ljust(60_000, ".") for number in range(300)]
    assert int(texts[300].removeprefix("waited ")) > 1_000_000


def test_who_reads_quickly_makes_nothing_wait(port: int) -> None:
    with connected(port) as client:
        say(client, "2 1000")
        assert [hear(client) for _frame in range(3)][2] == "waited 0"


def test_twisted_still_keeps_its_buffers_where_the_pipe_looks() -> None:
    class Reactor:
        def callLater(self, *args: Any) -> None: ...  # noqa: N802

    with socket.socket() as unconnected:
        connection = Connection(unconnected, None, Reactor())
        assert [name for name in BUFFERS if not hasattr(connection, name)] == []


@given(st.text(min_size=1, max_size=400))
def test_a_frame_says_its_length_in_bytes(text: str) -> None:
    data, payload = Frame(text).data, text.encode()
    header = 2 if len(payload) < 126 else 4
    length = data[1] if header == 2 else int.from_bytes(data[2:4])
    assert (data[0], length, data[header:]) == (0x81, len(payload), payload)
