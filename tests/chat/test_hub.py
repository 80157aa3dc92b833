import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from channels.layers import channel_layers, get_channel_layer
from channels.testing import WebsocketCommunicator
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from chat import clock, hub, live
from chat.consumers import MOST_ROOMS, MOST_UNREAD, Code, Socket, rooms_in
from chat.frame import Frame
from chat.models import Reaction, Room
from chat.models.reaction import react
from conference.asgi import application
from conference.models import Event, Person
from marketplace.models import Stand

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _a_layer_of_ones_own() -> None:
    channel_layers.backends.clear()


def cookie_of(person: Person | None) -> str:
    client = Client()
    if person:
        client.force_login(person)
    return client.cookies.output(header="", sep=";").split(";")[0].strip()


@asynccontextmanager
async def socket_of(
    person: Person | None, *rooms: Room, query: str | None = None
) -> AsyncIterator[WebsocketCommunicator]:
    """Connected, with the first answer waiting to be heard."""
    if query is None:
        query = "&".join(f"raum={room.pk}" for room in rooms)
    cookie = await sync_to_async(cookie_of)(person)
    headers = [(b"origin", b"http://localhost"), (b"cookie", cookie.encode())]
    socket = WebsocketCommunicator(application, f"/live/?{query}", headers=headers)
    assert await socket.connect(timeout=5) == (True, None)
    async with asyncio.timeout(5):
        while socket.output_queue.empty():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    try:
        yield socket
    finally:
        await socket.disconnect()


async def hear(socket: WebsocketCommunicator, *keys: str) -> dict[str, Any]:
    """The next line that says one of these, or a message; a frame may have several lines."""
    lines = socket.__dict__.setdefault("lines", deque())
    while True:
        while lines:
            frame = json.loads(lines.popleft())
            if frame.keys() & (keys or {"html"}):
                return frame
        lines += (await socket.receive_from(timeout=5)).split("\n")


async def code_of(socket: WebsocketCommunicator) -> int:
    """With which the server closes."""
    while True:
        event = await socket.receive_output(timeout=5)
        if event["type"] == "websocket.close":
            return event["code"]


post = sync_to_async(lambda room, person, text: room.post(person, text, uuid4()))


# -- the door


async def test_anonymous_and_outsiders_are_refused_with_a_code(
    room: Room, olga: Person
) -> None:
    for person, code in [(None, Code.ANONYMOUS), (olga, Code.NOT_ADMITTED)]:
        async with socket_of(person, room) as socket:
            assert await code_of(socket) == code


@pytest.mark.parametrize(
    "query",
    [
        *("raum=", "raum=x", "raum=-1", "raum=1;2", "raum=" + "9" * 20, "a=1", "%ff=%ff"),
        "&".join(["raum=1"] * (MOST_ROOMS + 1)),
    ],
)
async def test_odd_addresses_are_refused(query: str, room: Room, aylin: Person) -> None:
    assert rooms_in(query.encode()) is None
    async with socket_of(aylin, query=query) as socket:
        assert await code_of(socket) == Code.MALFORMED


async def test_of_several_rooms_those_open_are_heard(
    room: Room, aylin: Person, petra: Person, slot: Any
) -> None:
    async with socket_of(aylin, room, slot.room) as socket:
        state = {"head": 0, "slow": 0, "paused": False}
        assert await hear(socket, "head") == {"room": room.pk} | state
        await post(slot.room, petra, "Nur für Teilnehmende")
        await post(room, aylin, "Für alle am Stand")
        assert "Für alle am Stand" in (await hear(socket))["html"]


async def test_a_banned_person_hears_it_and_is_shut_out(
    room: Room, aylin: Person, jonas: Person
) -> None:
    seat = await room.memberships.select_related("room", "person").aget(person=aylin)
    async with socket_of(aylin, room) as socket, socket_of(jonas, room) as other:
        await hear(socket, "head")
        await sync_to_async(seat.ban)(jonas)
        assert await hear(socket, "dismissed") == {"room": room.pk, "dismissed": True}
        assert await code_of(socket) == Code.DISMISSED
        await post(room, jonas, "Weiter")
        assert "Weiter" in (await hear(other))["html"]


async def test_a_mute_is_told_to_its_person_alone_and_a_pause_to_all(
    room: Room, aylin: Person, jonas: Person
) -> None:
    seat = await room.memberships.select_related("room", "person").aget(person=aylin)
    async with socket_of(aylin, room) as socket, socket_of(jonas, room) as other:
        for each in (socket, other):
            await hear(each, "head")
        until = clock.now() + timedelta(minutes=5)
        mute = await sync_to_async(seat.mute)(jonas, until, "Ruhe")
        told = {"until": until.isoformat(), "reason": "Ruhe"}
        assert await hear(socket, "mute") == {"room": room.pk, "mute": told}
        await sync_to_async(mute.lift)(jonas)
        assert await hear(socket, "mute") == {"room": room.pk, "mute": None}
        await sync_to_async(room.pause)()
        for each in (socket, other):
            frame = json.loads(await each.receive_from(timeout=5))
            while "people" in frame:
                frame = json.loads(await each.receive_from(timeout=5))
            assert frame == {"room": room.pk, "slow": 0, "paused": True}


async def test_many_clicks_make_few_frames(room: Room, aylin: Person, jonas: Person) -> None:
    message = await post(room, aylin, "Wir haben gewonnen!")
    async with socket_of(jonas, room) as socket:
        await hear(socket, "head")
        started = asyncio.get_running_loop().time()
        for sign in [*Reaction.Sign] * 3:
            await sync_to_async(react)(message, aylin, sign)
        seconds = asyncio.get_running_loop().time() - started
        frames = [await hear(socket, "reactions")]
        while len(frames[-1]["reactions"]["1"]) < len(Reaction.Sign):
            frames.append(await hear(socket, "reactions"))
        assert len(frames) <= 2 * seconds + 1
        assert frames[-1] == {
            "room": room.pk,
            "reactions": {"1": dict.fromkeys(Reaction.Sign.values, 1)},
        }


async def test_a_malformed_frame_closes_that_socket_only(
    room: Room, aylin: Person, jonas: Person
) -> None:
    async with socket_of(jonas, room) as other:
        for odd in [
            "x",
            "-1",
            "1e3",
            "0",
            "999999",
            "1" * 1_000_000,
            "١",
            "1\n",
            "5:",
            ":5",
            "5:x",
        ]:
            async with socket_of(aylin, room) as socket:
                await hear(socket, "head")
                await socket.send_to(text_data=odd)
                assert await code_of(socket) == Code.MALFORMED
        async with socket_of(aylin, room) as socket:
            await socket.send_to(bytes_data=b"1")
            assert await code_of(socket) == Code.MALFORMED
        await post(room, jonas, "Noch da?")
        assert "Noch da?" in (await hear(other))["html"]


async def test_how_far_somebody_read_is_written_down_together(
    room: Room, aylin: Person, slot: Any, petra: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "READ_AFTER", 0.05)
    written: list[dict[tuple[int, int], int]] = []
    loop, is_written = asyncio.get_running_loop(), asyncio.Event()

    def note(read: dict[tuple[int, int], int]) -> None:
        written.append(read)
        loop.call_soon_threadsafe(is_written.set)

    monkeypatch.setattr(hub.reading, "note", note)
    async with socket_of(aylin, room) as socket:
        await hear(socket, "head")
        for text in [f"{room.pk}:3", f"{room.pk}:2", f"{slot.room.pk}:9"]:
            await socket.send_to(text_data=text)
        await asyncio.wait_for(is_written.wait(), 5)
    assert written == [{(room.pk, aylin.pk): 3}]


@hypothesis_settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(max_size=20) | st.binary(max_size=20), max_size=5))
def test_no_frame_does_more_than_close(frames: list[str | bytes]) -> None:
    async def fuzz() -> None:
        sent: list[dict[str, Any]] = []

        async def send(event: dict[str, Any]) -> None:
            sent.append(event)

        events = [
            {"type": "websocket.receive", "text" if isinstance(f, str) else "bytes": f}
            for f in frames
        ]
        waiting = iter([*events, {"type": "websocket.disconnect"}])

        async def receive() -> dict[str, Any]:
            return next(waiting)

        socket = Socket(1, "session", send)
        socket.open({5: {"head": 3}})
        assert await socket.stay(receive) in (None, Code.MALFORMED)
        assert [event["type"] for event in sent] == ["websocket.send"]  # its greeting

    asyncio.run(fuzz())


# -- delivery


async def test_a_message_reaches_all_sockets_in_the_same_frame(
    room: Room, aylin: Person, jonas: Person
) -> None:
    async with socket_of(aylin, room) as one, socket_of(jonas, room) as other:
        message = await post(room, aylin, "Guten Tag")
        frames = [await hear(one), await hear(other)]
        expected = await sync_to_async(live.frame_of)(message)
        assert frames == [json.loads(live.text_of(expected))] * 2


async def test_a_process_subscribes_once_per_room(
    room: Room, aylin: Person, jonas: Person
) -> None:
    layer = get_channel_layer()
    async with socket_of(aylin, room), socket_of(jonas, room), socket_of(aylin, room):
        assert len(layer.groups[live.room_group(room.pk)]) == 1
    assert layer.groups == {}


async def test_dismissed_people_hear_no_more(
    room: Room, aylin: Person, jonas: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with socket_of(aylin, room) as gone, socket_of(jonas, room) as other:
        await hear(gone, "head")
        await sync_to_async(room.dismiss)(aylin)
        assert await hear(gone, "dismissed") == {"room": room.pk, "dismissed": True}
        assert await code_of(gone) == Code.DISMISSED
        await post(room, jonas, "Unter uns")
        assert "Unter uns" in (await hear(other))["html"]


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in [("TICK", 0.1), ("TICK_WHEN_AWAY", 0.1), ("PEOPLE_AFTER", 0.1)]:
        monkeypatch.setattr(hub, name, seconds)


async def test_the_beat_tells_the_head_and_looks_at_the_door_again(
    fast: None, room: Room, aylin: Person, jonas: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "_send", lambda *_args: None)  # the layer drops everything
    async with socket_of(aylin, room) as gone, socket_of(jonas, room) as other:
        assert (await hear(other, "head"))["head"] == 0
        await post(room, jonas, "Verloren?")
        while (await hear(other, "head"))["head"] == 0:
            pass
        await sync_to_async(room.memberships.filter(person=aylin).delete)()
        assert await code_of(gone) == Code.DISMISSED


async def test_a_room_that_is_deleted_under_its_readers_is_no_failure(
    fast: None,
    room: Room,
    event: Event,
    aylin: Person,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hub, "READ_AFTER", 0.1)
    await sync_to_async(event.enter)(aylin)
    pk = room.pk
    async with socket_of(aylin, room, event.room) as socket:
        await sync_to_async(delete)(room)
        await socket.send_to(f"{pk}:1")
        heard: list[dict[str, Any]] = []
        # Each is told once, and either may come first.
        while not ({"room": pk, "dismissed": True} in heard and is_here(aylin, event, heard)):
            heard.append(await hear(socket, "dismissed", "people"))
    await asyncio.sleep(0.3)
    assert [record.getMessage() for record in caplog.records if record.levelno > 20] == []


def is_here(person: Person, event: Event, heard: list[dict[str, Any]]) -> bool:
    lists = [frame["people"] for frame in heard if frame["room"] == event.room_id]
    return any(person.name in html for html in lists)


def delete(room: Room) -> None:
    Stand.objects.filter(room=room).delete()
    room.delete()


@pytest.mark.parametrize("how", ["logged out", "expired", "new password", "deactivated"])
async def test_whose_session_ends_loses_the_socket_with_the_next_beat(
    how: str, fast: None, room: Room, aylin: Person, jonas: Person
) -> None:
    def end() -> None:
        session = Session.objects.get(pk=key)
        if how == "logged out":
            session.delete()
        elif how == "expired":
            session.expire_date = timezone.now()
            session.save()
        elif how == "new password":
            aylin.set_password("ein neues Geheimnis")
            aylin.save()
        else:
            aylin.is_active = False
            aylin.save()

    async with socket_of(jonas, room) as other:
        keys = await sync_to_async(lambda: {*Session.objects.values_list("pk", flat=True)})()
        async with socket_of(aylin, room) as gone:
            sessions = Session.objects.exclude(pk__in=keys)
            key = await sync_to_async(lambda: sessions.get().pk)()
            await hear(gone, "head")
            await sync_to_async(end)()
            assert await code_of(gone) == Code.ANONYMOUS
            await post(room, jonas, "Noch da?")
            assert "Noch da?" in (await hear(other))["html"]


async def test_a_layer_that_was_away_is_asked_again(
    fast: None, room: Room, aylin: Person, caplog: pytest.LogCaptureFixture
) -> None:
    layer = get_channel_layer()
    async with socket_of(aylin, room) as socket:
        await hear(socket, "head")
        await layer.flush()  # it forgets all who subscribed
        layer.channels.clear()
        while not layer.groups:
            await hear(socket, "head")  # meanwhile nobody misses anything for long
        await post(room, aylin, "Wieder da")
        assert "Wieder da" in (await hear(socket))["html"]


async def test_who_does_not_keep_up_is_closed_and_hurts_nobody() -> None:
    heard: list[str] = []

    async def stuck(event: dict[str, Any]) -> None:
        await asyncio.Event().wait()

    async def well(event: dict[str, Any]) -> None:
        heard.append(event["text"])

    async def closing(event: dict[str, Any]) -> None:
        raise RuntimeError("closing")

    sockets = [Socket(person, "", send) for person, send in enumerate([stuck, closing, well])]
    for socket in sockets:
        socket.rooms = {5}
    for number in range(MOST_UNREAD + 1):
        if number:
            sockets[2]._acknowledge(number)
        for socket in sockets:
            socket.write(5, Frame(str(number)))
    assert heard == [str(number) for number in range(MOST_UNREAD + 1)]
    assert [socket.code for socket in sockets] == [Code.SLOW, Code.SLOW, None]
    assert len(sockets[0].backlog) == 0
    sockets[0].writing.cancel()


class Reader:
    """A socket that notes what it is told."""

    person = 1
    session = "session"

    def __init__(self) -> None:
        self.rooms = {5}
        self.frames: list[str] = []
        self.left: list[object] = []

    def write(self, room: int, frame: Frame) -> None:
        self.frames.append(frame.text)

    def tell(self, frame: Frame) -> None:
        self.frames.append(frame.text)

    def dismiss(self, room: int) -> None:
        self.left.append(room)

    def sign_out(self) -> None:
        self.left.append("all")


async def test_what_comes_while_a_room_is_busy_goes_out_as_one_frame(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hub, "PACE", 0.1)
    ours, readers = hub.Hub(), [Reader(), Reader()]
    ours.sockets[live.room_group(5)] = set(readers)
    for number in range(4):
        ours._hear("frame", room=5, text=str(number))
    assert readers[0].frames == ["0"]  # at once
    await asyncio.sleep(1)
    ours._hear("frame", room=5, text="4")  # calm again
    assert [reader.frames for reader in readers] == [["0", "1\n2\n3", "4"]] * 2


async def test_who_comes_in_during_a_beat_is_not_shown_out_by_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours, coming, there = hub.Hub(), Reader(), Reader()
    coming.rooms, coming.person = set(), 2
    ours.sockets[live.room_group(5)] = {coming, there}

    async def sessions(_questions: object) -> dict[str, int]:
        return {"session": 1}

    async def heads(_questions: object) -> dict[tuple[int, int], int]:
        coming.rooms = {5}  # by now
        return {}

    monkeypatch.setattr(ours.sessions, "ask", sessions)
    monkeypatch.setattr(ours.heads, "ask", heads)
    monkeypatch.setattr(hub.presence, "refresh", lambda *_args: None)
    await ours._beat()
    assert (coming.left, there.left) == ([], [5])


async def test_rooms_do_not_wait_for_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "PACE", 60)
    ours, here, there = hub.Hub(), Reader(), Reader()
    ours.sockets = {live.room_group(5): {here}, live.room_group(6): {there}}
    for room in (5, 6):
        ours._hear("frame", room=room, text="at once")
    assert (here.frames, there.frames) == (["at once"], ["at once"])


# -- who is here


async def test_who_comes_and_goes_is_told(
    fast: None, room: Room, aylin: Person, jonas: Person
) -> None:
    async with socket_of(jonas, room) as socket:
        assert "Jonas Weber" in (await hear(socket, "people"))["people"]
        async with socket_of(aylin, room), socket_of(aylin, room):  # in two tabs
            html = (await hear(socket, "people"))["people"]
            assert ("Aylin Yılmaz" in html, "<strong>2</strong>" in html) == (True, True)
        html = (await hear(socket, "people"))["people"]
        assert ("Aylin Yılmaz" in html, "<strong>1</strong>" in html) == (False, True)
