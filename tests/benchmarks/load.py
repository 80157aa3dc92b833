"""Builds ``load.c`` on the spot and runs it against a server; its head says what it does."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
HOUSE = HERE.parent.parent
MARK = "mark-00000000-00000000000000000000"
UUID = "00000000-0000-4000-8000-000000000000"
ROOM = "ROOM______"
SERVER_CORE, LOAD_CORE = 0, 1
WORDS = " Nachbarschaft und Quartier leben davon, dass Menschen miteinander reden."


def text(size: int) -> str:
    """So many bytes that a person might write, with the mark in front."""
    return MARK + (WORDS * (size // len(WORDS) + 1))[: size - len(MARK)]


@dataclass
class Server:
    """A running server, and how to talk to it.

    ``sockets`` and ``senders`` are lines as ``load.c`` reads them. Messages are sent as its
    head says; where ``events`` are given, by ``publisher.py`` in ``environment``.
    """

    port: int
    processes: list[int]
    sockets: list[str]
    message: str = MARK
    senders: list[str] = field(default_factory=list)
    request: str = "POST"
    connections: int = 8
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    count_every: int = 0

    @property
    def memory(self) -> int:
        """KiB in which the processes live."""
        return sum(resident(pid) for pid in self.processes)


def resident(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def compiler() -> str | None:
    return shutil.which("cc")


def built(source: str, folder: Path) -> Path:
    program = folder / Path(source).stem
    command = ["cc", "-O2", "-Wall", "-Wextra", "-o", str(program), str(HERE / source)]
    subprocess.run(command, check=True)
    return program


def pinned(core: int, command: Sequence[str | Path]) -> list[str]:
    """The command on this core, where there is one; the process stays the same."""
    has_core = core < (os.cpu_count() or 1) and shutil.which("taskset")
    return [*(["taskset", "-c", str(core)] if has_core else []), *map(str, command)]


def rate(per_second: float, warm: float, seconds: float) -> list[str]:
    return ["--rate", f"{per_second}", f"{warm}", f"{seconds}"]


def flight(messages: int, warm: float, seconds: float) -> list[str]:
    return ["--flight", f"{messages}", f"{warm}", f"{seconds}"]


@contextmanager
def running(program: Path, server: Server, *phases: list[str]) -> Iterator[subprocess.Popen]:
    """The load, on its core; lines of JSON come from its ``stdout``."""
    with publisher(server) as publish:
        command = pinned(LOAD_CORE, [program, *arguments(program.parent, server), *publish])
        process = subprocess.Popen(
            [*command, *(word for phase in phases for word in phase)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=[int(fd) for fd in publish[1:]],
            text=True,
        )
        try:
            yield process
        finally:
            process.kill()
            process.communicate()


def arguments(folder: Path, server: Server) -> Iterator[str]:
    yield from ["--port", str(server.port), "--message", server.message]
    if server.sockets:
        yield from ["--sockets", listed(folder / f"sockets-{server.port}", server.sockets)]
    if server.senders:
        yield from ["--senders", listed(folder / f"senders-{server.port}", server.senders)]
        yield from ["--request", server.request, "--connections", str(server.connections)]
    if server.count_every:
        yield from ["--count-every", str(server.count_every)]
    for pid in server.processes:
        yield from ["--pid", str(pid)]


def listed(path: Path, lines: list[str]) -> str:
    path.write_text("".join(f"{line}\n" for line in lines))
    return str(path)


@contextmanager
def publisher(server: Server) -> Iterator[list[str]]:
    """Another process that hands messages to the channel layer, if the server wants that."""
    if not server.events:
        yield []
        return
    reads, writes = os.pipe()
    process = subprocess.Popen(
        pinned(
            LOAD_CORE,
            [sys.executable, "-W", "ignore", "-m", "tests.benchmarks.publisher"],
        ),
        stdin=reads,
        stdout=subprocess.PIPE,
        cwd=HOUSE,
        env=server.environment | {"EVENTS": json.dumps(server.events)},
        text=True,
    )
    os.close(reads)
    try:
        if process.stdout is None or process.stdout.readline() != "ready\n":
            raise RuntimeError("the publisher did not start")
        yield ["--publish", str(writes)]
    finally:
        os.close(writes)
        process.kill()
        process.communicate()


def measure(program: Path, server: Server, *phases: list[str]) -> list[dict[str, Any]]:
    """What each phase brought: the load's own figures, and what follows from them."""
    with running(program, server, *phases) as process:
        output, _errors = process.communicate(timeout=300)
        if process.returncode:
            raise RuntimeError(f"the load ended with {process.returncode}")
    return [derived(json.loads(line)) for line in output.splitlines()[1:]]


def derived(figures: dict[str, Any]) -> dict[str, Any]:
    deliveries, cpu, seconds = (
        figures[name] for name in ["deliveries", "server_cpu", "seconds"]
    )
    return figures | {
        "cpu_per_delivery": 1e6 * cpu / deliveries if deliveries else 0.0,  # microseconds
        "cpu_per_message": 1e6 * cpu / (seconds * figures["rate"])
        if "rate" in figures
        else 0.0,
        "deliveries_per_second": deliveries / seconds,
        "messages_per_frame": deliveries / figures["frames"] if figures["frames"] else 0.0,
        "answers_per_second": figures["answers"] / seconds,
        "server_share": cpu / seconds,
    }
