"""Processes are killed, Valkey and PostgreSQL restart, lines break, the layer loses what it
carries, and fifty people talk on: nothing is lost, nothing stands twice, all is in order.

``make faults`` runs it for 20,000 messages; ``make faults SEED=7`` again as it was.
"""

import asyncio
import os
import random
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest

from tests.faults.client import Client, within
from tests.faults.servers import Cluster, cluster

MESSAGES = int(os.environ.get("MESSAGES", "300"))
SEED = int(os.environ.get("SEED") or random.randrange(10**6))
PEOPLE, ROOMS = 50, 2
EVERY = max(50, MESSAGES / 100)  # messages between two faults, roughly
SERVERS = ["chat.server", "chat.server", "daphne"]  # by pipes, and the way any server has
PATIENCE = 150  # seconds from the last fault until all is well; clients wait 45 at most


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - with the test's output, if it fails


@pytest.fixture
def servers() -> Iterator[Cluster]:
    with cluster(SERVERS, "tests.faults.faulty:application") as servers:
        yield servers


class Chaos:
    """What goes wrong, in an order that the seed decides; each ends well after a while."""

    def __init__(
        self,
        luck: random.Random,
        servers: Cluster,
        clients: list[Client],
    ) -> None:
        self.luck, self.servers, self.clients = luck, servers, clients
        self.happened: Counter[str] = Counter()

    async def rage(self, is_over: Callable[[], bool]) -> None:
        """Everything in some order, and again until it is over; messages pass in between."""
        faults: list[Callable[[], Awaitable[None]]] = [
            self.kill_a_process,
            self.kill_a_process,
            self.restart_valkey,
            self.restart_postgresql,
            self.cut_sockets,
            self.cut_sockets,
            self.put_some_to_sleep,
        ]
        while not is_over():
            self.luck.shuffle(faults)
            for fault in faults:
                until = self.settled + self.luck.uniform(0, 2) * EVERY
                await within(60, lambda until=until: self.settled >= until or is_over())
                await fault()
                self.happened[fault.__name__] += 1
                say(f"{self.settled} of {MESSAGES} messages: {fault.__name__}")

    @property
    def settled(self) -> int:
        return sum(len(client.sent) for client in self.clients)

    async def kill_a_process(self) -> None:
        """One that is up, as are the others: else nobody would be there for long."""
        which, restart_after = self.luck.randrange(len(SERVERS)), self.luck.uniform(0, 2)
        await within(60, self.servers.answers)
        self.servers.kill(which)
        await asyncio.sleep(restart_after)
        self.servers.start(which)

    async def restart_valkey(self) -> None:
        await asyncio.to_thread(self.servers.valkey.stop)
        await asyncio.sleep(self.luck.uniform(0, 2))
        await asyncio.to_thread(self.servers.valkey.start)

    async def restart_postgresql(self) -> None:
        await asyncio.to_thread(self.servers.database.stop)
        await asyncio.sleep(self.luck.uniform(0, 2))
        await asyncio.to_thread(self.servers.database.ensure_postgres_running)

    async def cut_sockets(self) -> None:
        for client in self.luck.sample(self.clients, 10):
            client.cut()

    async def put_some_to_sleep(self) -> None:
        for client in self.luck.sample(self.clients, 10):
            client.soon(client.sleep(self.luck.uniform(1, 5)))


async def writing(clients: list[Client], luck: random.Random, rooms: list[int]) -> None:
    """Everybody writes now and then; every tenth time they correct what they wrote before."""
    for number in range(MESSAGES):
        room, client = luck.choice(rooms), luck.choice(clients)
        while len(client.waiting) >= 3:
            client = luck.choice(clients)
            await asyncio.sleep(0.01)
        own = [
            n
            for n, row in client.logs[room].rows.items()
            if f'data-author="{client.pk}"' in row[1]
        ]
        if luck.random() < 0.1 and own:
            client.edit(room, luck.choice(own[-20:]), f"Nummer {number}, verbessert")
        client.write_down(room, f"Nummer {number}", UUID(int=luck.getrandbits(128), version=4))
        await asyncio.sleep(0.01)


async def play(servers: Cluster, crowd: Any) -> list[Client]:
    luck = random.Random(SEED)
    clients = [
        Client(servers.ports, one["pk"], one["session"], crowd["rooms"])
        for one in crowd["people"]
    ]
    assert await within(60, servers.answers)
    tasks = [asyncio.create_task(verb()) for c in clients for verb in (c.listen, c.talk)]
    everybody = asyncio.gather(*tasks)
    chaos = Chaos(luck, servers, clients)
    started = time.monotonic()
    talk = asyncio.create_task(writing(clients, random.Random(SEED), crowd["rooms"]))
    await chaos.rage(talk.done)
    await talk
    quiet = time.monotonic()
    assert await within(PATIENCE, lambda: everybody.done() or settled(clients)), (
        f"{[len(c.waiting) for c in clients]} wait, heads are "
        f"{[[log.head for log in c.logs.values()] for c in clients]}"
    )
    await asyncio.sleep(2)
    say(
        f"seed {SEED}: {MESSAGES} messages in {quiet - started:.0f} s, "
        f"{sum(client.by_socket for client in clients)} by socket, all well after "
        f"{time.monotonic() - quiet:.0f} s; {dict(chaos.happened)}"
    )
    for task in [*tasks, *(errand for client in clients for errand in client.errands)]:
        task.cancel()
    with suppress(asyncio.CancelledError):
        await everybody
    return clients


def settled(clients: list[Client]) -> bool:
    """Nothing waits, everybody hears, and all stand at the same number."""
    heads = {tuple(log.head for log in client.logs.values()) for client in clients}
    return (
        len(heads) == 1
        and all(client.is_live.is_set() and not client.waiting for client in clients)
        and all(log.told <= log.head for client in clients for log in client.logs.values())
    )


def test_nothing_is_lost_nothing_twice_nothing_out_of_order(servers: Cluster) -> None:
    say(f"seed {SEED}")
    crowd = servers.ask("people", str(PEOPLE), str(ROOMS))
    clients = asyncio.run(play(servers, crowd))
    stored = servers.ask("messages")

    assert [client.trouble for client in clients] == [[]] * PEOPLE
    by_room: dict[int, list[Any]] = defaultdict(list)
    by_author: dict[tuple[int, int], list[str]] = defaultdict(list)
    for message in stored["messages"]:
        by_room[message["room"]].append(message)
        by_author[message["room"], message["author"]].append(message["client_id"])
    for room in crowd["rooms"]:
        expected = {m["number"]: (m["changed"], m["html"]) for m in by_room[room]}
        sent = [post for client in clients for post in client.sent if post.room == room]
        assert stored["heads"][str(room)] == len(sent)  # each took one number, and one only
        for client in clients:
            assert client.logs[room].head == len(sent)
            assert client.logs[room].rows == expected
            written = [p.client_id for p in client.sent if p.room == room and p.client_id]
            assert by_author[room, client.pk] == written
    assert sum(len(by_room[room]) for room in crowd["rooms"]) == MESSAGES
