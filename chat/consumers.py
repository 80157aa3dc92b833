"""The socket door: ``/live/?raum=5&raum=7`` hears rooms 5 and 7, and what is for its person.

A plain ASGI application: Channels' consumers would hop between threads for every frame. What
goes out is JSON, one object a line: a message's frame (``chat.live.frame_of``), ``{"room": 5,
"head": 9, "slow": 0, "paused": false}``, ``{"room": 5, "people": "<ul>…"}``, ``{"room": 5,
"mute": null}`` or ``{"room": 5, "dismissed": true}``. What comes in, now and then, is the count
of frames received, or ``5:9``: room 5 is read up to 9.
"""

import asyncio
from collections import deque
from enum import IntEnum
from typing import Any
from urllib.parse import parse_qs

from channels.db import database_sync_to_async

from chat import live as news
from chat.frame import EXTENSION, Frame
from chat.hub import heads_and_members, hub

MOST_ROOMS = 8
MOST_UNREAD = 400  # frames; readers say every 50 how many they have
MOST_WAITING = 512 * 1024  # bytes, where the server knows them


class Code(IntEnum):
    """Why a socket is closed. Come back after ``SLOW``, not after the others."""

    MALFORMED = 4400
    ANONYMOUS = 4401
    NOT_ADMITTED = 4403
    SLOW = 4408
    DISMISSED = 4410


async def live(scope: Any, receive: Any, send: Any) -> None:
    await receive()  # websocket.connect
    await send({"type": "websocket.accept"})  # browsers do not see why one is not accepted
    person, rooms = scope["user"], rooms_in(scope["query_string"])
    if not person.is_authenticated:
        return await close(send, Code.ANONYMOUS)
    if not rooms:
        return await close(send, Code.MALFORMED)
    pipe = scope.get("extensions", {}).get(EXTENSION)
    socket = Socket(person.pk, send, pipe)
    async with hub().listening(socket, rooms):
        # Asked after subscribing, so that nothing falls between the head and the first frame.
        pairs = {(room, person.pk) for room in rooms}
        heads, _admitted = await database_sync_to_async(heads_and_members)(pairs)
        if not heads:
            return await close(send, Code.NOT_ADMITTED)
        socket.open(heads)
        hub().note_move(socket, heads)
        return await socket.stay(receive)


def rooms_in(query: bytes) -> set[int]:
    """The rooms asked for; none if any of it is odd."""
    try:
        asked = parse_qs(query.decode("ascii"), max_num_fields=MOST_ROOMS)["raum"]
    except (UnicodeDecodeError, ValueError, KeyError):
        return set()
    is_odd = any(not room.isdecimal() or len(room) > 18 for room in asked)
    return set() if is_odd else {int(room) for room in asked}


async def close(send: Any, code: Code) -> None:
    await send({"type": "websocket.close", "code": code.value})


class Socket:
    """One reader. Who does not keep up is closed, and comes back to fetch what is missing."""

    def __init__(self, person: int, send: Any, pipe: Any = None) -> None:
        self.person = person
        self.pipe = pipe  # see ``chat.server``; None under any other server
        self.rooms: set[int] = set()  # hears nothing before it is admitted
        self.send = send
        self.backlog: deque[str] = deque()
        self.writing: asyncio.Task[None] | None = None
        self.closed: asyncio.Future[Code] = asyncio.get_running_loop().create_future()
        self.written = self.received = 0

    def open(self, heads: dict[int, dict[str, Any]]) -> None:
        self.rooms = set(heads)
        for room, state in heads.items():
            self.write(room, Frame(news.text_of({"room": room} | state)))

    def write(self, room: int, frame: Frame) -> None:
        """Now, if the server takes it now; else as soon as it does. Never waits."""
        if room not in self.rooms:
            return
        self.written += 1
        if self.pipe:
            if self.pipe.write(frame.data) > MOST_WAITING:
                self.close(Code.SLOW)
        elif self.written - self.received > MOST_UNREAD:
            self.close(Code.SLOW)
        else:
            self._queue(frame.text)

    def _queue(self, text: str) -> None:
        self.backlog.append(text)
        if self.writing is None or self.writing.done():
            loop = asyncio.get_running_loop()
            self.writing = asyncio.Task(self._write(), loop=loop, eager_start=True)

    async def _write(self) -> None:
        try:
            while self.backlog:
                text = self.backlog.popleft()
                await self.send({"type": "websocket.send", "text": text})
        except Exception:  # it is closing; each server has an error of its own for that
            self.close(Code.SLOW)

    def dismiss(self, room: int) -> None:
        self.write(room, Frame(news.text_of({"room": room, "dismissed": True})))
        self.rooms.discard(room)
        if not self.rooms:
            self.close(Code.DISMISSED)

    def close(self, code: Code) -> None:
        self.rooms = set()
        self.backlog.clear()
        if not self.closed.done():
            self.closed.set_result(code)

    async def stay(self, receive: Any) -> None:
        """Until either side closes."""
        event = None
        try:
            while not self.closed.done():
                event = asyncio.ensure_future(receive())
                await asyncio.wait({event, self.closed}, return_when=asyncio.FIRST_COMPLETED)
                if event.done() and event.result()["type"] == "websocket.disconnect":
                    return
                if event.done():
                    self._hear(event.result().get("text") or "")
            await close(self.send, self.closed.result())
        finally:
            for task in filter(None, [event, self.writing]):
                task.cancel()

    def _hear(self, text: str) -> None:
        room, colon, number = text.rpartition(":")
        if not is_number(number) or (colon and not is_number(room)):
            self.close(Code.MALFORMED)
        elif not colon:
            self._acknowledge(int(number))
        elif int(room) in self.rooms:
            hub().note_read(int(room), self.person, int(number))

    def _acknowledge(self, count: int) -> None:
        if self.received < count <= self.written:
            self.received = count
        else:
            self.close(Code.MALFORMED)


def is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 12
