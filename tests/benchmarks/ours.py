"""Fachtag as a contestant: its real settings, sessions, memberships and forms."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from tests.benchmarks.load import HOUSE, ROOM, UUID, Server, text
from tests.benchmarks.servers import Machine, Start, form, free_port, process

EVERY = 50  # frames after which a reader says how many it has
CSRF = "c" * 32


def environment(machine: Machine) -> dict[str, str]:
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings",
        "DEMO": "1",
        "VAR_DIR": str(machine.folder / "var"),
        "DATABASE_URL": f"sqlite:///{machine.folder}/fachtag.sqlite3",
        "REDIS_URL": machine.valkey,
        "LOG_LEVEL": "ERROR",
    }


@cache
def crowd(folder: Path, machine: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """What ``crowd.py`` says of it; made once."""
    run = [sys.executable, "-W", "ignore", "-m", "tests.benchmarks.crowd"]
    path = folder / "crowd.json"
    subprocess.run([*run, str(path)], cwd=HOUSE, env=dict(machine), check=True)
    return json.loads(path.read_text())


def people_of(machine: Machine) -> dict[str, Any]:
    return crowd(machine.folder, tuple(environment(machine).items()))


def cookie(session: str) -> str:
    return f"Cookie: sessionid={session}; csrftoken={CSRF}"


def listening(people: dict[str, Any], port: int, sockets: int, rooms: int) -> list[str]:
    """Each with the session of another person, who is a member."""
    pks = [people["plenary"]] if rooms == 1 else people["rooms"][:rooms]
    per_room = sockets // rooms
    return [
        f"{i // per_room}\t/live/?raum={pks[i // per_room]}\t{cookie(people['people'][i])}\t"
        f"Origin: http://127.0.0.1:{port}"
        for i in range(per_room * rooms)
    ]


def posting(people: dict[str, Any], port: int, sockets: int, rooms: int) -> list[str]:
    """The same people, room after room, so that nobody writes too fast."""
    lines = [
        line.replace("/live/?raum=", "/chat/").split("\t")
        for line in listening(people, port, sockets, rooms)
    ]
    headers = [
        "Accept: application/json",
        "Content-Type: application/x-www-form-urlencoded",
        f"X-CSRFToken: {CSRF}",
    ]
    posts = [
        "\t".join([room, f"{path}/nachrichten/", *rest, *headers])
        for room, path, *rest in lines
    ]
    per_room = len(posts) // rooms
    return [posts[i % rooms * per_room + i // rooms] for i in range(len(posts))]


HOUSE_APPLICATION = "conference.asgi:application"
UNPACED = "tests.benchmarks.baselines.unpaced:application"


def fast(port: int, application: str) -> list[str]:
    """As README.md has it run."""
    run = [sys.executable, "-W", "ignore", "-m", "chat.server", "-v", "0"]
    return [*run, "-b", "127.0.0.1", "-p", str(port), application]


def fachtag(
    application: str = HOUSE_APPLICATION,
    *,
    server: Callable[[int, str], list[str]] = fast,
    posts: str = "",
) -> Start:
    """Messages come from another process of ours by the layer; or people post them, by their
    open ``"sockets"`` or as ``"forms"``."""

    @contextmanager
    def start(machine: Machine, sockets: int, rooms: int) -> Iterator[Server]:
        people, port = people_of(machine), free_port()
        env = environment(machine) | {"CLOCK_SHIFT": str(people["shift"])}
        with process(server(port, application), port, env) as pids:
            lines = listening(people, port, sockets, rooms)
            running = Server(port, pids, lines, environment=env, count_every=EVERY)
            if posts == "sockets":
                running.message = LETTER
            elif posts == "forms":
                running.senders = posting(people, port, sockets, rooms)
                running.message = form(body=text(200), client_id=UUID)
            else:
                pks = [people["plenary"]] if rooms == 1 else people["rooms"][:rooms]
                running.events = [(f"room.{pk}", event(pk)) for pk in pks]
            yield running

    return start


LETTER = f'{{"room":{ROOM},"id":"{UUID}","body":"{text(200)}","answers":null,"lang":"de"}}'


def event(room: int, frame: int = 600) -> dict[str, Any]:
    """What ``chat.live.publish`` sends, with a row that makes the frame this long."""
    start = f'{{"room":{room},"number":NUMBER,"changed":NUMBER,"html":"'
    return {"type": "frame", "room": room, "text": start + text(frame - len(start) - 2) + '"}'}


def pages(application: str) -> Start:
    """The house's pages, as this ASGI application serves them."""

    @contextmanager
    def start(machine: Machine, sockets: int, rooms: int) -> Iterator[Server]:
        port = free_port()
        env = environment(machine) | {"CLOCK_SHIFT": str(people_of(machine)["shift"])}
        with process(fast(port, application), port, env) as pids:
            yield Server(port, pids, [], request="GET")

    return start


def visiting(machine: Machine, which: str) -> list[str]:
    """Senders that ask for this page, logged in."""
    people = people_of(machine)
    asked = ["0", people["pages"][which], cookie(people["visitor"]), "Accept: text/html"]
    return ["\t".join(asked)]
