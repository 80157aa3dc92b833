"""The load counts exactly: what arrives, what does not, what comes twice or in disorder."""

import asyncio
import os
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from tests.benchmarks import report
from tests.benchmarks.load import MARK, UUID, Server, built, compiler, flight, measure, rate
from tests.benchmarks.scenarios import BROADCAST, CORE, UNPACED
from tests.benchmarks.servers import Machine, broadcast, c_loop, tutorial

TRUTHS = ["lost", "twice", "strange", "backwards", "other_orders", "closed"]


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    if compiler() is None:
        message = "No cc here: install gcc to test the load that the benchmark builds."
        (pytest.fail if os.environ.get("CI") else pytest.skip)(message)
    folder = tmp_path_factory.mktemp("bench")
    return Machine(
        folder, built("load.c", folder), built("baselines/broadcast.c", folder), "", ""
    )


def truths(figures: dict[str, Any]) -> list[int]:
    return [figures[name] for name in TRUTHS]


@pytest.mark.parametrize("start", [broadcast(), c_loop(), tutorial("memory")])
def test_servers_deliver_each_message_once_to_each_socket(machine: Machine, start: Any) -> None:
    with start(machine, 5, 1) as server:
        by_rate, by_flight = measure(machine.load, server, rate(50, 0, 0.4), flight(2, 0, 0.4))
    assert (by_rate["messages"], by_rate["deliveries"], by_rate["frames"]) == (20, 100, 100)
    assert truths(by_rate) == truths(by_flight) == [0] * 6
    assert by_flight["deliveries"] == by_flight["frames"] > 0
    assert by_rate["server_cpu"] > 0
    assert 0 < by_rate["each"]["p50"] <= by_rate["last"]["p99"] <= by_rate["last"]["max"]


async def test_rooms_do_not_hear_each_other(machine: Machine) -> None:
    with broadcast()(machine, 6, 3) as server:
        (figures,) = measure(machine.load, server, rate(50, 0, 0.6))
    assert (figures["messages"], figures["deliveries"]) == (30, 60)
    assert truths(figures) == [0] * 6


class Unreliable:
    """Loses the third message for one socket, says the fifth twice, and joins two backwards."""

    def __init__(self) -> None:
        self.sockets: list[ServerConnection] = []
        self.said: list[str] = []
        self.pongs = 0

    async def __call__(self, socket: ServerConnection) -> None:
        self.sockets.append(socket)
        await (await socket.ping())
        self.pongs += 1
        async for text in socket:
            self.said.append(str(text))
            for reader in self.sockets:
                for frame in self.frames(len(self.said), reader is self.sockets[-1]):
                    await reader.send(frame)

    def frames(self, number: int, is_last: bool) -> list[str]:
        text = self.said[-1]
        match number:
            case 3:
                return [] if is_last else [text]
            case 5:
                return [text, text]
            case 8:
                return []
            case 9:
                return [f"{text}\n{self.said[-2]}"]
        return [text]


async def test_the_load_sees_what_an_unreliable_server_does(machine: Machine) -> None:
    unreliable = Unreliable()
    async with serve(unreliable, "127.0.0.1", 0, compression=None) as running:
        port = next(iter(running.sockets)).getsockname()[1]
        server = Server(port, [], ["0\t/"] * 3)
        (figures,) = await asyncio.to_thread(measure, machine.load, server, rate(50, 0, 0.4))
    assert unreliable.pongs == 3
    assert figures["messages"] == 20
    assert figures["deliveries"] == 3 * 20 - 1
    assert figures["frames"] == 3 * 20 - 1 + 3 - 3
    assert truths(figures) == [1, 3, 0, 3, 1, 0]


class Forms(BaseHTTPRequestHandler):
    """Takes forms over kept-alive connections, and refuses every fourth."""

    protocol_version = "HTTP/1.1"
    bodies: list[str]

    def do_POST(self) -> None:
        self.bodies.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        answer = b'{"number": 1}'
        self.send_response(429 if len(self.bodies) % 4 == 0 else 201)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def forms() -> Iterator[ThreadingHTTPServer]:
    Forms.bodies = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Forms) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_forms_are_posted_once_each_with_their_own_id(
    machine: Machine, forms: ThreadingHTTPServer
) -> None:
    message = f"body={MARK}&client_id={UUID}"
    senders = ["0\t/eins/\tX-Eins: 1", "0\t/zwei/"]
    server = Server(forms.server_port, [], [], message, senders, connections=2)
    (figures,) = measure(machine.load, server, rate(50, 0, 0.4))
    assert figures["answers"] == len(Forms.bodies) == 20
    assert figures["statuses"] == {"2xx": 15, "4xx": 5}
    assert len({body.partition("client_id=")[2] for body in Forms.bodies}) == 20
    pattern = r"body=mark-\d{8}-\d{20}&client_id=[0-9a-f]{8}-[0-9a-f]{4}-4000-8000-[0-9a-f]{12}"
    assert [body for body in Forms.bodies if not re.fullmatch(pattern, body)] == []


def test_a_socket_that_is_refused_ends_the_load(
    machine: Machine, forms: ThreadingHTTPServer
) -> None:
    server = Server(forms.server_port, [], ["0\t/live/"])
    with pytest.raises(RuntimeError, match="the load ended with 1"):
        measure(machine.load, server, rate(50, 0, 0.1))


def test_targets_compare_medians_and_say_whether_they_are_reached() -> None:
    figures = {"cpu_per_delivery": 12.0, "lost": 0.0, "load_share": 0.3}
    results = {
        "fanout": {
            UNPACED: [figures, figures | {"cpu_per_delivery": 10.0}, figures | {"lost": 2.0}],
            CORE: [figures | {"cpu_per_delivery": 360.0}],
            BROADCAST: [figures | {"cpu_per_delivery": 12.0}],
        }
    }
    rows = [line.strip("| ").split(" | ") for line in report.targets(results).splitlines()[2:]]
    assert [row[1:] for row in rows] == [
        ["≤ 0.04", "0.0333", "yes"],
        ["≤ 0.9", "1", "no"],
        ["≤ 0", "2", "no"],
        ["≤ 0.7", "0.3", "yes"],
    ]
