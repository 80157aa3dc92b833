"""Starts each contestant as a process of its own on its core, one at a time.

None is handicapped: nobody compresses frames or writes access logs, everybody gets one
process, and settings are what its documentation advises.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote_plus

from tests.benchmarks.load import HERE, HOUSE, SERVER_CORE, Server, pinned, text

TUTORIAL = "tests.benchmarks.baselines.tutorial"


@dataclass
class Machine:
    """What all share: a folder, the programs built in it, Valkey and PostgreSQL."""

    folder: Path
    load: Path
    broadcast: Path
    valkey: str
    postgresql: str


Start = Callable[[Machine, int, int], AbstractContextManager[Server]]
"""Takes the machine, how many sockets there will be, and in how many rooms."""


@contextmanager
def process(
    command: Sequence[str | Path], port: int, environment: dict[str, str] | None = None
) -> Iterator[list[int]]:
    """Runs the command until the end; yields its process and those that it started."""
    with subprocess.Popen(
        pinned(SERVER_CORE, command), cwd=HOUSE, env=environment, start_new_session=True
    ) as server:
        try:
            wait_for(port, server)
            time.sleep(0.3)  # until its children are there
            yield [server.pid, *children(server.pid)]
        finally:
            os.killpg(server.pid, signal.SIGKILL)  # nothing of it is needed any more


def children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [one for child in text.split() for one in [int(child), *children(int(child))]]


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    for _try in range(300):
        if server.poll() is not None:
            raise RuntimeError(f"{server.args} ended early; its output says why")
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.1)
    raise RuntimeError(f"{server.args} does not answer")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def lines(paths: list[str], sockets: int, *headers: str) -> list[str]:
    """Spread over the rooms at these paths."""
    return [
        "\t".join([str(i % len(paths)), paths[i % len(paths)], *headers])
        for i in range(sockets)
    ]


def daphne(port: int, application: str) -> list[str]:
    run = [sys.executable, "-W", "ignore", "-m", "daphne", "-v", "0"]
    return [*run, "-b", "127.0.0.1", "-p", str(port), application]


# -- Channels' tutorial


def tutorial(layer: str, frame: int = 600, *, stores: bool = False) -> Start:
    """On Daphne. Messages come in by socket; with a layer of Redis, from another process."""

    @contextmanager
    def start(machine: Machine, sockets: int, rooms: int) -> Iterator[Server]:
        port = free_port()
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": f"{TUTORIAL}.settings",
            "LAYER": layer,
            "REDIS_URL": machine.valkey,
            "TUTORIAL_DATABASE": str(machine.folder / f"tutorial-{port}.sqlite3"),
        }
        if stores:
            migrate = [sys.executable, "-m", "django", "migrate", "-v0", "--run-syncdb"]
            subprocess.run(migrate, cwd=HOUSE, env=environment, check=True)
        body = text(frame - len('{"message": ""}'))
        with process(daphne(port, f"{TUTORIAL}.asgi:application"), port, environment) as pids:
            paths = [f"/ws/{'stored' if stores else 'chat'}/{i}/" for i in range(rooms)]
            server = Server(
                port,
                pids,
                lines(paths, sockets, f"Origin: http://127.0.0.1:{port}"),
                message=json.dumps({"message": body}),
                environment=environment,
            )
            if layer != "memory" and not stores:
                event = {"type": "chat.message", "message": body}
                server.events = [(f"chat_{i}", event) for i in range(rooms)]
            yield server

    return start


# -- those without a framework


def broadcast(frame: int = 600) -> Start:
    """``websockets.broadcast()``."""

    @contextmanager
    def start(machine: Machine, sockets: int, rooms: int) -> Iterator[Server]:
        port = free_port()
        command = [sys.executable, HERE / "baselines/broadcast.py", str(port)]
        with process(command, port) as pids:
            paths = [f"/{i}" for i in range(rooms)]
            yield Server(port, pids, lines(paths, sockets), message=text(frame))

    return start


def c_loop(frame: int = 600) -> Start:
    """The least that a server can do; it knows one room."""

    @contextmanager
    def start(machine: Machine, sockets: int, rooms: int) -> Iterator[Server]:
        port = free_port()
        with process([machine.broadcast, str(port)], port) as pids:
            yield Server(port, pids, lines(["/"], sockets), message=text(frame))

    return start


NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
MODULES = Path("/usr/lib/nginx/modules")


def has_nchan() -> bool:
    return NGINX is not None and (MODULES / "ngx_nchan_module.so").exists()


def nchan(frame: int = 600) -> Start:
    """nginx with nchan; messages come in by HTTP, as it has them."""

    @contextmanager
    def start(machine: Machine, sockets: int, rooms: int) -> Iterator[Server]:
        port = free_port()
        folder = machine.folder / f"nchan-{port}"
        folder.mkdir()
        configuration = (HERE / "baselines/nchan.conf").read_text()
        for name, value in {"PORT": port, "FOLDER": folder, "MODULES": MODULES}.items():
            configuration = configuration.replace(name, str(value))
        if os.getuid() == 0:
            configuration = f"user root;\n{configuration}"
        (folder / "nginx.conf").write_text(configuration)
        with process([str(NGINX), "-p", folder, "-c", folder / "nginx.conf"], port) as pids:
            yield Server(
                port,
                pids,
                lines([f"/room/{i}" for i in range(rooms)], sockets),
                message=text(frame),
                senders=lines([f"/publish/{i}" for i in range(rooms)], rooms),
                connections=8,
            )

    return start


def form(**fields: str) -> str:
    """A posted form with the mark in it, which has nothing to be quoted."""
    return "&".join(f"{name}={quote_plus(value)}" for name, value in fields.items())
