"""Where a process hears: one channel, one subscription per group, one frame for all sockets.

There is one hub per event loop, which is one per server process. The channel layer may drop
events and may be away; nothing is lost by that, since sockets are told the head number of
their rooms again and again, and readers fetch what they miss by ``messages?since=N``.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta
from secrets import token_hex
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer

from chat import clock, live, presence, reading
from chat.entrance import Together, people_by_session
from chat.frame import Frame
from chat.letterbox import Letterbox
from chat.models import Membership, Message

TICK = 5  # seconds between two looks at the layer
TICKS_PER_BEAT = 2  # looks between two head numbers for everybody
TICK_WHEN_AWAY = 2  # while the layer is away, each with head numbers
PULSE_TIMEOUT = 2
REACTIONS_AFTER = 0.5  # seconds in which clicks are collected
PEOPLE_AFTER = 1  # seconds in which arrivals and departures are collected
READ_AFTER = 3  # seconds in which it is collected how far people have read
# Seconds per socket between two frames to the same room. Writing to one takes about 10 µs; so
# a room of 1,000 is written 20 times a second at most, and one of 20 whenever there is news.
PACE = 50e-6
logger = logging.getLogger(__name__)


class Listener(Protocol):
    """A socket, as the hub sees it. None of these may wait or raise."""

    person: int
    session: str
    rooms: set[int]

    def write(self, room: int, frame: Frame) -> None: ...
    def tell(self, frame: Frame) -> None: ...
    def dismiss(self, room: int) -> None: ...
    def sign_out(self) -> None: ...


class Hub:
    def __init__(self) -> None:
        self.layer: Any = get_channel_layer()
        self.process = token_hex(8)
        self.channel = ""
        self.sockets: dict[str, set[Listener]] = {}  # those who want to hear, by group
        self.groups: set[str] = set()  # what the layer was asked for
        self.changes = asyncio.Lock()
        self.is_torn = False  # what the layer was asked for may not be what it knows
        self.sessions = Together(people_by_session)
        self.heads = Together(heads_of)
        self.letterbox = Letterbox()
        self.pulse = asyncio.Event()
        self.tasks: list[asyncio.Task[None]] = []
        self.moved: set[presence.Pair] = set()  # came or went, not written down yet
        self.read: dict[presence.Pair, int] = {}  # how far, not written down yet
        self.people: dict[int, str] = {}  # the list of who is here that each room has seen
        self.next_at: dict[int, float] = {}  # when each room may be written again
        self.waiting: dict[int, list[str]] = {}  # what is told a room then
        self.reacted: dict[int, set[int]] = {}  # messages whose counts are told soon, by room
        self.due: set[object] = set()
        self.errands: set[asyncio.Task[None]] = set()

    # -- sockets come and go

    @asynccontextmanager
    async def listening(self, socket: Listener, rooms: Iterable[int]) -> AsyncIterator[None]:
        """Within this the socket hears what is said to its person and in these rooms."""
        groups = [live.person_group(socket.person), *map(live.room_group, rooms)]
        for group in groups:
            self.sockets.setdefault(group, set()).add(socket)
        try:
            await self._align(groups)
            yield
        finally:
            self.note_move(socket, rooms)
            for group in groups:
                self.sockets[group].discard(socket)
                if not self.sockets[group]:
                    del self.sockets[group]
            await asyncio.shield(self._align(groups))

    def note_move(self, socket: Listener, rooms: Iterable[int]) -> None:
        """Its person came into these rooms or left them."""
        self.moved |= {(room, socket.person) for room in rooms}
        self._soon("moves", PEOPLE_AFTER, self._write_moves)

    def note_read(self, room: int, person: int, number: int) -> None:
        """The person has read this room up to this number."""
        self.read[room, person] = max(number, self.read.get((room, person), 0))
        self._soon("read", READ_AFTER, self._write_read)

    async def _align(self, groups: Iterable[str]) -> None:
        """Subscribe to what somebody wants to hear, and to nothing else."""
        async with self.changes:
            try:
                if not self.tasks and self.sockets:
                    await self._open()
                if self.is_torn:  # the next look at the layer sees to it; nobody waits
                    groups = ()
                for group in groups:
                    wanted, there = group in self.sockets, group in self.groups
                    if wanted and not there:
                        self.groups.add(group)
                        await self._patiently(self.layer.group_add(group, self.channel))
                    elif there and not wanted:
                        self.groups.discard(group)
                        await self._patiently(self.layer.group_discard(group, self.channel))
            except Exception:
                self.is_torn = True
                logger.warning("The channel layer is away.", exc_info=True)
            if not self.sockets:
                self._shut()

    @staticmethod
    async def _patiently(call: Any) -> Any:
        async with asyncio.timeout(PULSE_TIMEOUT):
            return await call

    # -- the layer

    async def _open(self) -> None:
        self.tasks = [asyncio.create_task(self._watch())]
        self.channel = await self._patiently(self.layer.new_channel())
        self.tasks.append(asyncio.create_task(self._receive()))

    def _shut(self) -> None:
        for task in self.tasks:
            task.cancel()
        self.tasks, self.channel, self.is_torn = [], "", False
        self.groups.clear()
        self.people.clear()
        self.next_at.clear()

    async def _reopen(self) -> None:
        """Forget all subscriptions and ask for them again."""
        async with self.changes:
            if receiving := self.tasks[1:]:
                receiving[0].cancel()
                await asyncio.wait(receiving, timeout=PULSE_TIMEOUT)
            del self.tasks[1:]
            await self._patiently(self.layer.flush())
            self.channel = await self._patiently(self.layer.new_channel())
            for group in [*self.sockets]:
                await self._patiently(self.layer.group_add(group, self.channel))
            self.groups, self.is_torn = {*self.sockets}, False
            self.tasks.append(asyncio.create_task(self._receive()))

    async def _receive(self) -> None:
        while True:
            event = await self.layer.receive(self.channel)
            try:
                self._hear(event.pop("type"), **event)
            except Exception:
                logger.exception("An event could not be passed on.")

    def _hear(
        self, kind: str, room: int = 0, person: int = 0, message: int = 0, text: str = ""
    ) -> None:
        match kind:
            case "frame":
                self._tell(room, text)
            case "dismissed":
                for socket in [*self.sockets.get(live.person_group(person), ())]:
                    self._dismiss(socket, room)
            case "private" | "notice":
                self._tell_person(person, room, Frame(text))
            case "reacted":
                self.reacted.setdefault(room, set()).add(message)
                self._soon(("reactions", room), REACTIONS_AFTER, self._tell_reactions, room)
            case "people":
                self._people_changed(room)
            case "pulse":
                self.pulse.set()

    def _tell_person(self, person: int, room: int, frame: Frame) -> None:
        """In the sockets that they have open in this room; without one, in all of theirs."""
        for socket in [*self.sockets.get(live.person_group(person), ())]:
            if room:
                socket.write(room, frame)
            else:
                socket.tell(frame)

    def _tell(self, room: int, text: str) -> None:
        """At once in a calm room. In a busy one what comes meanwhile goes out as one frame."""
        if room in self.waiting:
            self.waiting[room].append(text)
            return
        loop = asyncio.get_running_loop()
        pause = self.next_at.get(room, 0) - loop.time()
        if pause <= 0:
            self._write(room, text)
        else:
            self.waiting[room] = [text]
            loop.call_later(pause, self._write_waiting, room)

    def _write_waiting(self, room: int) -> None:
        self._write(room, "\n".join(self.waiting.pop(room)))

    def _write(self, room: int, text: str) -> None:
        sockets = [*self.sockets.get(live.room_group(room), ())]
        self.next_at[room] = asyncio.get_running_loop().time() + len(sockets) * PACE
        frame = Frame(text)
        for socket in sockets:
            socket.write(room, frame)

    def _dismiss(self, socket: Listener, room: int) -> None:
        if room in socket.rooms:
            socket.dismiss(room)
            self.note_move(socket, [room])

    # -- the watch

    async def _watch(self) -> None:
        ticks, was_well = 0, True
        while True:
            await asyncio.sleep(TICK if was_well else TICK_WHEN_AWAY)
            ticks += 1
            is_well = await self._is_well()
            try:
                if not is_well:
                    await self._reopen()
            except Exception:
                logger.warning("The channel layer is away.", exc_info=True)
            if not (is_well and was_well) or ticks % TICKS_PER_BEAT == 0:
                await self._beat()
            was_well = is_well

    async def _is_well(self) -> bool:
        """Whether what we say reaches ourselves."""
        if self.is_torn:
            return False
        self.pulse.clear()
        try:
            await self._patiently(self.layer.send(self.channel, {"type": "pulse"}))
            await self._patiently(self.pulse.wait())
        except Exception:
            return False
        return True

    async def _beat(self) -> None:
        """Tell each room its head number and how it is kept; see out who was dismissed."""
        sockets = {socket for group in self.sockets.values() for socket in group}
        for socket in filter(lambda socket: not socket.rooms, sockets):
            socket.tell(Frame("{}"))  # a page without a chat must not think that we are gone
        pairs = {(room, socket.person) for socket in sockets for room in socket.rooms}
        if not sockets:
            return
        try:
            signed_in = await self.sessions.ask({socket.session for socket in sockets})
            heads = await self.heads.ask(pairs)
            here = [pair for pair in pairs if pair in heads]
            await database_sync_to_async(presence.refresh)(self.process, here)
        except Exception:
            logger.warning("The database is away.", exc_info=True)
            return
        for socket in sockets:
            if socket.session not in signed_in:
                socket.sign_out()
            # Others came in only meanwhile.
            self._see_out(socket, pairs - heads.keys())
        rooms = {room for room, _person in here}
        self._soon("reactions again", REACTIONS_AFTER, self._repeat_reactions, rooms)
        for room, state in {room: state for (room, _person), state in heads.items()}.items():
            self._tell(room, live.text_of({"room": room} | state))
            self._people_changed(room)

    def _see_out(self, socket: Listener, shut: set[presence.Pair]) -> None:
        for room in [*socket.rooms]:
            if (room, socket.person) in shut:
                self._dismiss(socket, room)

    # -- who is here

    async def _write_moves(self) -> None:
        moved, self.moved = self.moved, set()
        sockets = {socket for group in self.sockets.values() for socket in group}
        here = {(room, socket.person) for socket in sockets for room in socket.rooms}
        await database_sync_to_async(presence.refresh)(self.process, moved & here)
        await database_sync_to_async(presence.forget)(self.process, moved - here)
        for room in {room for room, _person in moved}:
            self._people_changed(room)
            event = {"type": "people", "room": room}
            await self._patiently(self.layer.group_send(live.room_group(room), event))

    async def _write_read(self) -> None:
        read, self.read = self.read, {}
        await database_sync_to_async(reading.note)(read)

    def _people_changed(self, room: int) -> None:
        listeners = len(self.sockets.get(live.room_group(room), ()))
        if listeners:
            delay = max(PEOPLE_AFTER, listeners / 50)  # a full room needs no list each second
            self._soon(room, delay, self._tell_people, room)

    async def _tell_people(self, room: int) -> None:
        html = await database_sync_to_async(presence.render)(room)
        if html != self.people.get(room):
            self.people[room] = html
            self._tell(room, live.text_of({"room": room, "people": html}))

    # -- reactions

    async def _repeat_reactions(self, rooms: set[int]) -> None:
        """Some may have been told to nobody, when the layer lost a word."""
        for room, message in await database_sync_to_async(reacted_lately)(rooms):
            self._hear("reacted", room=room, message=message)

    async def _tell_reactions(self, room: int) -> None:
        counts = await database_sync_to_async(reactions_to)(self.reacted.pop(room, set()))
        self._tell(room, live.text_of({"room": room, "reactions": counts}))

    def _soon(self, what: object, delay: float, errand: Any, *args: Any) -> None:
        """Once, however often it is asked for until then; a failure is logged and no more."""
        if what in self.due:
            return
        self.due.add(what)

        async def run() -> None:
            await asyncio.sleep(delay)
            self.due.discard(what)
            try:
                await errand(*args)
            except Exception:
                logger.warning(
                    "Could not write down who is here, or what they read.", exc_info=True
                )

        task = asyncio.create_task(run())
        self.errands.add(task)
        task.add_done_callback(self.errands.discard)


def reacted_lately(rooms: Iterable[int]) -> list[tuple[int, int]]:
    """Rooms and messages whose reactions somebody may have missed since the last beat."""
    lately = clock.now() - timedelta(seconds=2 * TICK * TICKS_PER_BEAT)
    rows = Message.objects.filter(room__in=rooms, reacted_at__gt=lately).order_by()
    return list(rows.values_list("room_id", "pk"))


def reactions_to(messages: set[int]) -> dict[int, dict[str, int]]:
    """How many of each sign, by the message's number. One query."""
    rows = Message.objects.filter(pk__in=messages)
    return dict(rows.order_by().values_list("number", "reactions"))


def heads_of(pairs: set[presence.Pair]) -> dict[presence.Pair, dict[str, Any]]:
    """The head number of the room, and how it is kept, for each pair that is admitted.

    One query.
    """
    rows = Membership.objects.filter(
        room__in={room for room, _person in pairs},
        person__in={person for _room, person in pairs},
        person__is_active=True,
    ).values_list("person_id", "room_id", "room__head", "room__slow_seconds", "room__paused_at")
    return {
        (room, person): {"head": head} | live.state_of(slow_seconds, paused_at)
        for person, room, head, slow_seconds, paused_at in rows
    }


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The running loop's."""
    loop = live.home = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]
