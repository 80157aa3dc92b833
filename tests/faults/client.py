"""A reader and writer as the browser's: live-socket.js, chat-log.js and chat-composer.js."""

from __future__ import annotations

import asyncio
import json
import random
import struct
import time
from collections import deque
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from chat.consumers import Code

CSRF = "c" * 32
REFUSED = [Code.MALFORMED, Code.ANONYMOUS, Code.NOT_ADMITTED, Code.DISMISSED]
TEXT, CLOSE, PING, PONG = 0x81, 0x88, 0x89, 0x8A
SILENCE = 45
Row = tuple[int, str]  # number of the last change, HTML
kept: dict[str, str] = {}  # rows are the same for everyone: each once in memory


def jittered(delay: float) -> float:
    return delay * (0.5 + random.random())


@dataclass
class Log:
    """What stands on the screen of one room."""

    head: int = 0
    told: int = 0
    rows: dict[int, Row] = field(default_factory=dict)
    ahead: set[int] = field(default_factory=set)

    def take(self, frame: dict[str, Any]) -> None:
        self.place(frame)
        if frame["changed"] > self.head:
            self.ahead.add(frame["changed"])
        while self.head + 1 in self.ahead:
            self.ahead.discard(self.head + 1)
            self.head += 1
        self.told = max(self.told, *self.ahead, 0)

    def place(self, frame: dict[str, Any]) -> None:
        old = self.rows.get(frame["number"])
        if not old or old[0] < frame["changed"]:
            html = kept.setdefault(frame["html"], frame["html"])
            self.rows[frame["number"]] = (frame["changed"], html)


@dataclass
class Post:
    room: int
    body: str
    client_id: str
    address: str = "nachrichten/"


class Client:
    """``ports`` are where servers may be; each connection takes any of them."""

    def __init__(self, ports: list[int], pk: int, session: str, rooms: Iterable[int]) -> None:
        self.ports, self.pk = ports, pk
        self.cookies = f"sessionid={session}; csrftoken={CSRF}"
        self.logs = {room: Log() for room in rooms}
        self.waiting: deque[Post] = deque()
        self.sent: list[Post] = []  # what is settled, in that order
        self.by_socket = 0  # of these
        self.asked: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self.trouble: list[str] = []  # what must not happen, whatever fails
        self.writer: asyncio.StreamWriter | None = None
        self.is_awake = asyncio.Event()
        self.is_awake.set()
        self.is_live = asyncio.Event()
        self.is_back = asyncio.Event()
        self.catching: dict[int, asyncio.Task[bool]] = {}
        self.gaps: dict[int, asyncio.Task[None]] = {}
        self.errands: set[asyncio.Task[Any]] = set()

    # -- live-socket.js

    async def listen(self) -> None:
        tries = 0
        polling: asyncio.Task[None] | None = None
        while True:
            try:
                async for frame in self.frames():
                    if not self.is_live.is_set():
                        self.is_live.set()
                        self.is_back.set()
                    tries = 0
                    if polling:
                        polling.cancel()
                        polling = None
                    self.hear(frame)
            except (OSError, EOFError, TimeoutError):
                pass
            finally:
                self.is_live.clear()
                self.give_up()
                if self.writer:
                    self.writer.transport.abort()
                    self.writer = None
            tries += 1
            polling = polling or self.soon(self.poll())
            await asyncio.sleep(jittered(min(30, 0.5 * 2**tries)))

    def give_up(self) -> None:
        """Nobody answers any more what was posted by the socket."""
        for answer in self.asked.values():
            if not answer.done():
                answer.set_result({})

    async def frames(self) -> AsyncIterator[dict[str, Any]]:
        """Until the line breaks, which raises, or the server closes."""
        async with asyncio.timeout(8):
            reader = await self.connected()
        received = told = untold = 0
        while True:
            await self.is_awake.wait()
            async with asyncio.timeout(SILENCE if received else 8):
                kind, data = await frame_from(reader)
            if kind == CLOSE:
                code = int.from_bytes(data[:2])
                if code in REFUSED:
                    self.trouble.append(f"closed with {code}")
                return
            if kind == PING:
                self.write(PONG, data)
                continue
            received, untold = received + 1, untold + len(data)
            if received - told >= 50 or untold >= 30_000:
                told, untold = received, 0
                self.write(TEXT, str(received).encode())
            for line in data.decode().split("\n"):
                yield json.loads(line)

    async def connected(self) -> asyncio.StreamReader:
        query = "&".join(f"raum={room}" for room in self.logs)
        port = random.choice(self.ports)
        reader, self.writer = await asyncio.open_connection("127.0.0.1", port)
        self.writer.write(
            f"GET /live/?{query} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nOrigin: http://localhost\r\nCookie: {self.cookies}\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
            .encode()
        )  # fmt: skip
        if not (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101"):
            raise OSError("refused")
        return reader

    def write(self, kind: int, data: bytes) -> None:
        """A frame of a client: masked, here with zeros."""
        short = len(data) < 126
        length = bytes([0x80 | len(data)]) if short else b"\xfe" + len(data).to_bytes(2)
        if self.writer:
            self.writer.write(bytes([kind]) + length + bytes(4) + data)

    async def poll(self) -> None:
        await asyncio.sleep(jittered(1))
        while True:
            if all([await self.catch_up(room) for room in self.logs]):
                self.is_back.set()
            await asyncio.sleep(jittered(4))

    def cut(self) -> None:
        """The line is broken, as by a proxy."""
        if self.writer:
            self.writer.transport.abort()

    async def sleep(self, seconds: float) -> None:
        """The lid is closed: nothing is read, and nobody was told."""
        self.is_awake.clear()
        await asyncio.sleep(seconds)
        self.is_awake.set()

    # -- chat-log.js

    def hear(self, frame: dict[str, Any]) -> None:
        if "room" not in frame:  # for the whole page
            return
        log = self.logs[frame["room"]]
        if (answer := self.asked.get(frame.get("id"))) and not answer.done():
            answer.set_result(frame)
        if "html" in frame:
            log.take(frame)
        elif "head" in frame:
            log.told = max(log.told, frame["head"])
        elif "dismissed" in frame:
            self.trouble.append("dismissed")
        if log.told > log.head and frame["room"] not in self.gaps:
            self.gaps[frame["room"]] = self.soon(self.close_gap(frame["room"]))

    async def close_gap(self, room: int) -> None:
        await asyncio.sleep(0.2 + 0.8 * random.random())
        del self.gaps[room]
        if self.logs[room].told > self.logs[room].head:
            await self.catch_up(room)

    async def catch_up(self, room: int) -> bool:
        if room not in self.catching:
            self.catching[room] = self.soon(self.fetch_changes(room))
            self.catching[room].add_done_callback(lambda _task: self.catching.pop(room))
        return await asyncio.shield(self.catching[room])

    async def fetch_changes(self, room: int) -> bool:
        log, more = self.logs[room], True
        while more:
            status, answer = await self.ask("GET", f"/chat/{room}/?since={log.head}", 10)
            if status != 200:
                return False
            for frame in answer["frames"]:
                log.place(frame)
            log.head = max(log.head, answer["head"])
            more = answer["more"]
        log.ahead = {number for number in log.ahead if number > log.head}
        return True

    # -- chat-composer.js

    async def talk(self) -> None:
        """Send what waits, one after the other, until it is settled."""
        while True:
            if not self.waiting:
                await asyncio.sleep(0.05)
                continue
            post, tries = self.waiting[0], 0
            while not await self.send(post):
                tries += 1
                await self.pause(jittered(min(30, 2**tries)))
            self.sent.append(self.waiting.popleft())

    async def pause(self, seconds: float) -> None:
        """Or until the connection is back."""
        self.is_back.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self.is_back.wait(), seconds)

    async def send(self, post: Post) -> bool:
        """By the open socket; as a form where there is none, and if it does not answer."""
        if not (post.client_id and self.is_live.is_set()):
            return await self.send_form(post)
        said = {"room": post.room, "id": post.client_id, "body": post.body}
        self.write(TEXT, json.dumps(said | {"answers": None, "lang": "de"}).encode())
        self.asked[post.client_id] = asyncio.get_running_loop().create_future()
        try:
            answer = await asyncio.wait_for(self.asked[post.client_id], 4)
        except TimeoutError:
            answer = {}
        finally:
            del self.asked[post.client_id]
        if "error" in answer:
            self.trouble.append(f"refused: {answer}")
        if "number" not in answer:
            return await self.send_form(post)
        self.by_socket += 1
        log = self.logs[post.room]
        log.told = max(log.told, answer["number"])
        return True

    async def send_form(self, post: Post) -> bool:
        form = urlencode({"body": post.body, "client_id": post.client_id})
        path = f"/chat/{post.room}/{post.address}"
        status, answer = await self.ask("POST", path, 15, form)
        if status in (200, 201):
            for frame in answer["frames"]:
                self.logs[post.room].take(frame)
        elif status and status < 500:
            self.trouble.append(f"{path} answered {status}: {answer}")
        return 0 < status < 500

    def write_down(self, room: int, body: str, client_id: UUID) -> None:
        self.waiting.append(Post(room, body, str(client_id)))

    def own_in(self, room: int) -> list[int]:
        """The numbers of the last few messages of one's own."""
        newest = [*self.logs[room].rows.items()][-200:]
        return [n for n, (_changed, html) in newest if f'data-author="{self.pk}"' in html]

    def edit(self, room: int, number: int, body: str) -> None:
        self.waiting.append(Post(room, body, "", f"nachrichten/{number}/bearbeiten/"))

    # -- both

    async def ask(
        self, method: str, path: str, patience: float, form: str = ""
    ) -> tuple[int, Any]:
        """Status and JSON of the answer; status 0 if there was none, or not all of it."""
        try:
            async with asyncio.timeout(patience):
                port = random.choice(self.ports)
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                try:
                    writer.write(
                        f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n"
                        f"Connection: close\r\nCookie: {self.cookies}\r\n"
                        f"X-CSRFToken: {CSRF}\r\nAccept: application/json\r\n"
                        "Content-Type: application/x-www-form-urlencoded\r\n"
                        f"Content-Length: {len(form)}\r\n\r\n{form}".encode()
                    )
                    return answered(await reader.readuntil(b"\r\n\r\n"), await reader.read())
                finally:
                    writer.transport.abort()
        except (OSError, EOFError, TimeoutError):
            return 0, None

    def soon(self, errand: Any) -> asyncio.Task[Any]:
        task = asyncio.create_task(errand)
        self.errands.add(task)
        task.add_done_callback(self.errands.discard)
        return task


def answered(head: bytes, body: bytes) -> tuple[int, Any]:
    first, *lines = head.decode("latin1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines if line)
    if int(headers.get("content-length", -1)) != len(body):
        return 0, None
    status = int(first.split()[1])
    with suppress(ValueError):
        return status, json.loads(body)
    return status, None


async def frame_from(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    kind, length = await reader.readexactly(2)
    if length == 126:
        (length,) = struct.unpack(">H", await reader.readexactly(2))
    elif length == 127:
        (length,) = struct.unpack(">Q", await reader.readexactly(8))
    return kind, await reader.readexactly(length)


async def within(seconds: float, true: Any) -> bool:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        await asyncio.sleep(0.2)
    return True
