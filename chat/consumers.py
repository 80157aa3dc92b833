"""The socket door: ``/live/?raum=5&raum=7`` hears rooms 5 and 7, and what is for its person.

``/live/`` alone hears the latter.

A plain ASGI application: Channels' consumers would hop between threads for every frame. What
goes out is JSON, one object a line: a message's frame (``chat.live.frame_of``), ``{"room": 5,
"head": 9, "slow": 0, "paused": false}``, ``{"room": 5, "people": "<ul>…"}``, ``{"room": 5,
"mute": null}`` or ``{"room": 5, "dismissed": true}``. What comes in, now and then, is the count
of frames received, or ``5:9``: room 5 is read up to 9; or somebody posts (``chat.letterbox``).
"""

import asyncio
from collections import deque
from enum import IntEnum
from typing import Any
from urllib.parse import parse_qs

from django.db import InterfaceError, OperationalError

from chat import live as news
from chat.entrance import session_of
from chat.frame import EXTENSION, Frame
from chat.hub import hub

MOST_ROOMS = 8
# Frames and bytes under way to one reader, who says after every 50 or 30 KB how many came.
# Where the server knows what waits, that alone counts.
MOST_UNREAD = 400
MOST_WAITING = 512 * 1024


class Code(IntEnum):
    """Why a socket is closed. Come back after ``SLOW`` and ``AWAY``, not after the others."""

    MALFORMED = 4400
    ANONYMOUS = 4401
    NOT_ADMITTED = 4403
    SLOW = 4408
    DISMISSED = 4410
    AWAY = 4503


async def live(scope: Any, receive: Any, send: Any) -> None:
    await receive()  # websocket.connect
    await send({"type": "websocket.accept"})  # browsers do not see why one is not accepted
    rooms, session = rooms_in(scope["query_string"]), session_of(scope["headers"])
    pipe = scope.get("extensions", {}).get(EXTENSION)
    del scope  # or it stays as long as the socket
    try:
        code = await enter(session, rooms, receive, send, pipe)
    except (InterfaceError, OperationalError):
        code = Code.AWAY
    if code:
        await send({"type": "websocket.close", "code": code.value})


async def enter(
    session: str, rooms: set[int] | None, receive: Any, send: Any, pipe: Any
) -> Code | None:
    """Until the reader leaves; returns why it has to, if it does not by itself."""
    person = (await hub().sessions.ask({session})).get(session)
    if person is None:
        return Code.ANONYMOUS
    if rooms is None:
        return Code.MALFORMED
    socket = Socket(person, session, send, pipe)
    async with hub().listening(socket, rooms):
        # Asked after subscribing, so that nothing falls between the head and the first frame.
        heads = await hub().heads.ask({(room, person) for room in rooms})
        if rooms and not heads:
            return Code.NOT_ADMITTED
        socket.open({room: head for (room, _person), head in heads.items()})
        hub().note_move(socket, socket.rooms)
        del heads  # thousands of sockets stay here, idle: each keeps little
        return await socket.stay(receive)


def rooms_in(query: bytes) -> set[int] | None:
    """The rooms asked for; None if any of it is odd."""
    if not query:
        return set()
    try:
        asked = parse_qs(query.decode("ascii"), max_num_fields=MOST_ROOMS)["raum"]
    except (UnicodeDecodeError, ValueError, KeyError):
        return None
    is_odd = any(not room.isdecimal() or len(room) > 18 for room in asked)
    return None if is_odd else {int(room) for room in asked}


class Socket:
    """One reader. Who does not keep up is closed, and comes back to fetch what is missing."""

    __slots__ = (
        *("person", "session", "pipe", "rooms", "send", "code", "patience"),
        *("written", "received", "backlog", "writing", "unread", "unread_bytes", "letters"),
        "__weakref__",
    )

    def __init__(self, person: int, session: str, send: Any, pipe: Any = None) -> None:
        self.person = person
        self.session = session
        self.pipe = pipe  # see ``chat.server``; None under any other server
        self.rooms: set[int] = set()  # hears nothing before it is admitted
        self.send = send
        self.code: Code | None = None  # why it is closed
        self.patience: asyncio.Timeout | None = None  # ends when it is
        self.written = self.received = self.letters = 0
        self.writing: asyncio.Task[None] | None = None
        if pipe is None:
            self.backlog: deque[str] = deque()
            self.unread: deque[int] = deque()  # lengths of what is written and not received
            self.unread_bytes = 0

    def open(self, heads: dict[int, dict[str, Any]]) -> None:
        self.rooms = set(heads)
        for room, state in heads.items():
            self.write(room, Frame(news.text_of({"room": room} | state)))
        if not heads:
            self.tell(Frame("{}"))  # by which the page knows that it is heard

    def write(self, room: int, frame: Frame) -> None:
        if room in self.rooms:
            self.tell(frame)

    def tell(self, frame: Frame) -> None:
        """Now, if the server takes it now; else as soon as it does. Never waits."""
        if self.code:
            return
        self.written += 1
        if self.pipe:
            if self.pipe.write(frame.data) > MOST_WAITING:
                self.close(Code.SLOW)
        else:
            self._queue(frame)

    def _queue(self, frame: Frame) -> None:
        self.unread.append(len(frame.data))
        self.unread_bytes += len(frame.data)
        if len(self.unread) > MOST_UNREAD or self.unread_bytes > MOST_WAITING:
            self.close(Code.SLOW)
            return
        self.backlog.append(frame.text)
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

    def sign_out(self) -> None:
        self.close(Code.ANONYMOUS)

    def dismiss(self, room: int) -> None:
        self.write(room, Frame(news.text_of({"room": room, "dismissed": True})))
        self.rooms.discard(room)
        if not self.rooms:
            self.close(Code.DISMISSED)

    def close(self, code: Code) -> None:
        if self.code:
            return
        self.code, self.rooms = code, set()
        if self.pipe is None:
            self.backlog.clear()
            self.unread.clear()
        if self.patience:
            self.patience.reschedule(0)

    async def stay(self, receive: Any) -> Code | None:
        """Until either side closes; returns why, if it is we."""
        try:
            async with asyncio.timeout(None) as self.patience:
                while not self.code:
                    event = await receive()
                    if event["type"] == "websocket.disconnect":
                        return None
                    self._hear(event.get("text") or "")
        except TimeoutError:
            if not self.code:
                raise
        finally:
            self.patience = None
            if self.writing:
                self.writing.cancel()
        return self.code

    def _hear(self, text: str) -> None:
        if text.startswith("{"):
            if not hub().letterbox.drop(self, text):
                self.close(Code.MALFORMED)
            return
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
            while self.pipe is None and len(self.unread) > self.written - self.received:
                self.unread_bytes -= self.unread.popleft()
        else:
            self.close(Code.MALFORMED)


def is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 12
