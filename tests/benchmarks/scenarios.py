"""What is measured: who competes in what, and which figures are shown of it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from redis import Redis

from tests.benchmarks import ours, watching
from tests.benchmarks.load import (
    HOUSE,
    SERVER_CORE,
    Server,
    derived,
    flight,
    measure,
    pinned,
    rate,
    running,
)
from tests.benchmarks.servers import (
    NGINX,
    Machine,
    Start,
    broadcast,
    c_loop,
    daphne,
    has_nchan,
    nchan,
    tutorial,
)

Figures = dict[str, float]
Run = Callable[[], Figures]

OURS, UNPACED, PLAIN = "Fachtag", "Fachtag, a frame each", "Fachtag, a frame each, plain ASGI"
FORMS = "Fachtag, by forms"
TUTORIAL, CORE, PUBSUB = (
    "tutorial, in-process",
    "tutorial, Redis core",
    "tutorial, Redis pub/sub",
)
BROADCAST, C_LOOP, NCHAN = "websockets.broadcast", "C loop", "nchan"
TRUTHS = ["lost", "twice", "strange", "closed", "other_orders"]


@dataclass
class Scenario:
    """``runs`` are repeated in turns; ``columns`` are the figures shown, with their heads."""

    title: str
    columns: dict[str, str]
    runs: dict[str, Run]
    note: str = ""
    rounds: int = 3


@dataclass
class Pace:
    """How long phases last, in seconds."""

    warm: float = 0.5
    seconds: float = 2

    @property
    def measured(self) -> tuple[float, float]:
        return self.warm, self.seconds


def all_of(machine: Machine, pace: Pace) -> dict[str, Scenario]:
    scenarios = [
        fanout,
        thousand,
        calling,
        posting,
        storing,
        rush,
        pages,
        influence,
        idle,
        video,
    ]
    return {scenario.__name__: scenario(machine, pace) for scenario in scenarios}


def contestants() -> dict[str, Start]:
    """Those who can take a thousand sockets; nchan where apt has it."""
    found: dict[str, Start] = {
        OURS: ours.fachtag(),
        UNPACED: ours.fachtag(ours.UNPACED),
        BROADCAST: broadcast(),
    }
    if has_nchan():
        found[NCHAN] = nchan()
    return found


def fanout(machine: Machine, pace: Pace) -> Scenario:
    starts = {
        CORE: tutorial("core"),
        PUBSUB: tutorial("pubsub"),
        TUTORIAL: tutorial("memory"),
        **contestants(),
        PLAIN: ours.fachtag(ours.UNPACED, server=daphne),
        C_LOOP: c_loop(),
    }

    def run(start: Start) -> Run:
        def one() -> Figures:
            with start(machine, 200, 1) as server:
                phases = [flight(8, *pace.measured), rate(5, *pace.measured)]
                busy, calm = measure(machine.load, server, *phases)
            return chosen(busy) | times(calm) | {"calm_cpu": calm["cpu_per_delivery"]}

        return one

    return Scenario(
        "200 sockets in a room, frames of 600 bytes",
        {
            "cpu_per_delivery": "µs of CPU per delivery",
            "deliveries_per_second": "deliveries/s",
            "messages_per_frame": "messages per frame",
            "load_share": "load on its core",
            "calm_cpu": "at 5/s: µs of CPU per delivery",
            "last_p50": "median ms to the last socket",
        },
        {name: run(start) for name, start in starts.items()},
        "First as fast as it goes, with eight messages on their way at any time; then at five "
        "messages a second. The server has a core of its own.",
    )


def thousand(machine: Machine, pace: Pace) -> Scenario:
    def run(start: Start) -> Run:
        def one() -> Figures:
            rates = [50, 20, 8]
            with start(machine, 1000, 1) as server:
                phases = [rate(per_second, *pace.measured) for per_second in rates]
                results = measure(machine.load, server, *phases)
            return {
                f"{name}_at_{per_second}": value
                for per_second, figures in zip(rates, results, strict=True)
                for name, value in (chosen(figures) | times(figures)).items()
            }

        return one

    columns = {}
    for per_second in [50, 20, 8]:
        columns |= {
            f"cpu_per_delivery_at_{per_second}": f"at {per_second}/s: µs per delivery",
            f"each_p50_at_{per_second}": "median ms",
            f"last_p99_at_{per_second}": "p99 ms to the last socket",
            f"server_share_at_{per_second}": "of a core",
        }
    return Scenario(
        "1,000 sockets in a room, at 50, 20 and 8 messages a second",
        columns,
        {name: run(start) for name, start in contestants().items()},
        "Times run from the moment at which a message was due to its arrival in the load.",
    )


def calling(machine: Machine, pace: Pace) -> Scenario:
    """What one message costs the layer and the process, by how many listen."""
    # The tutorial needs a third of a second for a message to a thousand.
    starts = {OURS: (ours.fachtag(), 20), CORE: (tutorial("core"), 2)}
    counts = [1, 10, 100, 1000]

    def run(start: Start, at_thousand: float) -> Run:
        def one() -> Figures:
            figures: Figures = {}
            for sockets in counts:
                per_second = at_thousand if sockets == 1000 else 20
                phases = [rate(per_second, 0, seconds) for seconds in (1, pace.seconds)]
                with (
                    start(machine, sockets, 1) as server,
                    running(machine.load, server, *phases) as load,
                    Redis.from_url(machine.valkey) as valkey,
                ):
                    lines = events_of(load)
                    next(lines), next(lines)  # opened, and warm
                    before = sent_by(valkey)
                    result = derived(next(lines))
                    sent = sent_by(valkey) - before
                figures[f"cpu_{sockets}"] = result["cpu_per_message"]
                figures[f"bytes_{sockets}"] = sent / result["messages"]
            return figures

        return one

    return Scenario(
        "What a message through the layer costs, by how many sockets listen in one process",
        {f"cpu_{sockets}": f"{sockets} sockets: µs per message" for sockets in counts}
        | {f"bytes_{sockets}": f"{sockets} sockets: bytes from Valkey" for sockets in counts},
        {name: run(*start) for name, start in starts.items()},
        "CPU includes the deliveries themselves; the bytes show that Valkey tells a process "
        "once.",
        rounds=1,
    )


def sent_by(valkey: Any) -> int:
    return int(valkey.info("stats")["total_net_output_bytes"])


def posting(machine: Machine, pace: Pace) -> Scenario:
    starts = {
        OURS: (ours.fachtag(posts="sockets"), 20),
        FORMS: (ours.fachtag(posts="forms"), 20),
        CORE: (tutorial("core", stores=True), 20),
    }

    def run(start: Start, in_flight: int) -> Run:
        def one() -> Figures:
            with start(machine, 1000, 20) as server:
                phases = [flight(in_flight, *pace.measured), rate(10, *pace.measured)]
                busy, calm = measure(machine.load, server, *phases)
            return (
                chosen(busy)
                | times(calm)
                | {
                    "messages_per_second": busy["messages"] / busy["seconds"],
                    "cpu_per_message": 1e6 * busy["server_cpu"] / busy["messages"],
                }
            )

        return one

    return Scenario(
        "Posted, stored, rendered and delivered: 20 rooms of 50 sockets, SQLite FULL",
        {
            "cpu_per_delivery": "µs of CPU per delivery",
            "cpu_per_message": "µs of CPU per message",
            "messages_per_second": "messages/s",
            "each_p50": "at 10/s: median ms from the key to a screen",
            "each_p99": "p99 ms",
            "last_p99": "p99 ms to the last screen",
        },
        {name: run(*start) for name, start in starts.items()},
        "A thousand people post by their open sockets, as browsers do; Fachtag's also by "
        "forms, as without a socket. At each post Fachtag asks who may, and renders it; the "
        "tutorial stores it with `acreate`.",
    )


def storing(machine: Machine, pace: Pace) -> Scenario:
    databases = {"SQLite": f"sqlite:///{machine.folder}/storing.sqlite3"}
    databases["PostgreSQL"] = machine.postgresql

    def run(how: str) -> Run:
        def one() -> Figures:
            return {name: stored(how, url) for name, url in databases.items()}

        def stored(how: str, url: str) -> float:
            script = [sys.executable, "-W", "ignore", "-m", "tests.benchmarks.storing"]
            done = subprocess.run(
                pinned(SERVER_CORE, [*script, how, f"{pace.seconds}"]),
                cwd=HOUSE,
                env=ours.environment(machine) | {"DATABASE_URL": url},
                check=True,
                capture_output=True,
                text=True,
            )
            return float(done.stdout)

        return one

    return Scenario(
        "Storing alone: 32 producers in 8 rooms",
        {"SQLite": "messages/s on SQLite FULL", "PostgreSQL": "messages/s on PostgreSQL"},
        {"one by one": run("alone"), OURS: run("ours")},
        "Both give numbers without gaps; neither renders nor tells anybody.",
        rounds=2,
    )


PAGES = ["programme", "stand", "room", "manifest"]
STOCK = "tests.benchmarks.baselines.stock:application"


def rush(machine: Machine, pace: Pace) -> Scenario:
    def run(processes: int, url: str) -> Run:
        def one() -> Figures:
            ours.people_of(machine)  # with whom the static files are laid out
            script = [sys.executable, "-W", "ignore", "-m", "tests.benchmarks.rush"]
            done = subprocess.run(
                [*script, str(processes), f"{5 * pace.seconds}"],
                cwd=HOUSE,
                env=ours.environment(machine) | {"DATABASE_URL": url},
                preexec_fn=on_all_cores,
                check=True,
                capture_output=True,
                text=True,
            )
            return json.loads(done.stdout.splitlines()[-1])

        return one

    sqlite = f"sqlite:///{machine.folder}/rush.sqlite3"
    return Scenario(
        "Registration opens: 2,000 people for 300 places in twelve slots, sixteen at a time",
        {
            "signups_per_second": "sign-ups/s",
            "p95": "p95 ms of a request",
            "page_p95": "p95 ms of the forums page meanwhile",
            "errors": "errors",
            "overbooked": "overbooked slots",
        },
        {
            "Fachtag, a process, SQLite": run(1, sqlite),
            "Fachtag, a process, PostgreSQL": run(1, machine.postgresql),
            "Fachtag, two processes, PostgreSQL": run(2, machine.postgresql),
            "PostgreSQL alone": run(0, machine.postgresql),
        },
        "By HTTP, from the form to the place or the waiting list, with the mail written. "
        "Servers, database and visitors share all cores. The database alone counts a place "
        "and writes it down.",
        rounds=1,
    )


def on_all_cores() -> None:
    os.sched_setaffinity(0, range(os.cpu_count() or 1))


def pages(machine: Machine, pace: Pace) -> Scenario:
    def run(application: str) -> Run:
        def one() -> Figures:
            with ours.pages(application)(machine, 0, 0) as server:
                figures: Figures = {}
                for which in PAGES:
                    figures |= visited(server, which)
                return figures

        def visited(server: Server, which: str) -> Figures:
            server.senders = ours.visiting(machine, which)
            (figures,) = measure(machine.load, server, flight(8, *pace.measured))
            if set(figures["statuses"]) != {"2xx"}:
                raise RuntimeError(f"{which} answered {figures['statuses']}")
            cpu = 1000 * figures["server_cpu"] / figures["answers"]
            return {which: figures["answers_per_second"], f"{which}_cpu": cpu}

        return one

    return Scenario(
        "Pages on one Daphne, with a session, eight requests at a time",
        {which: f"{which}: requests/s" for which in PAGES}
        | {f"{which}_cpu": f"{which}: ms of CPU" for which in PAGES},
        {"stock Django": run(STOCK), OURS: run(ours.HOUSE_APPLICATION)},
        "Stock Django is the same project, with the same queries, by Django's own ASGI handler "
        "and connections, and with each page rendered anew, in its own language alone. The "
        "manifest, which asks nobody anything, shows what a request costs by itself.",
        rounds=2,
    )


def influence(machine: Machine, pace: Pace) -> Scenario:
    """Chat in a process, while programme pages are asked for without a pause."""

    def run(where: str) -> Run:
        def one() -> Figures:
            with ExitStack() as stack:
                server = stack.enter_context(ours.fachtag()(machine, 200, 1))
                if where != "none":
                    stack.enter_context(busy_with_pages(machine, stack, server, where))
                (figures,) = measure(machine.load, server, rate(20, *pace.measured))
            return chosen(figures) | times(figures)

        return one

    return Scenario(
        "The chat of 200 sockets at 20 messages a second, while pages are busy",
        {
            "each_p50": "median ms",
            "each_p99": "p99 ms",
            "last_p99": "p99 ms to the last socket",
        },
        {
            "no pages": run("none"),
            "pages in the same process": run("same"),
            "pages in a process of their own": run("own"),
        },
        "Two visitors ask for the programme without a pause; both processes share a core.",
        rounds=2,
    )


def busy_with_pages(machine: Machine, stack: ExitStack, chat: Server, where: str) -> Any:
    if where == "same":
        pages = Server(chat.port, [], [], request="GET")
    else:
        pages = stack.enter_context(ours.pages(ours.HOUSE_APPLICATION)(machine, 0, 0))
    pages.senders, pages.processes = ours.visiting(machine, "programme"), []
    return running(machine.load, pages, flight(2, 0, 120))


def idle(machine: Machine, pace: Pace) -> Scenario:
    sockets = 5000

    def run(start: Start) -> Run:
        def one() -> Figures:
            with start(machine, sockets, 1) as server:
                everybody, server.sockets = server.sockets, server.sockets[:100]
                opened(machine, server)  # so that what is loaded late is not counted
                before, server.sockets = server.memory, everybody
                after, seconds = opened(machine, server)
            return {"kib": (after - before) / sockets, "per_second": sockets / seconds}

        return one

    return Scenario(
        "5,000 idle sockets in one process",
        {"kib": "KiB of memory per socket", "per_second": "sockets opened per second"},
        {
            OURS: run(ours.fachtag()),
            TUTORIAL: run(tutorial("memory")),
            BROADCAST: run(broadcast()),
        },
        "Resident memory of the server's process after opening, less before.",
        rounds=1,
    )


def video(machine: Machine, pace: Pace) -> Scenario:
    """A film of ten minutes, in one height of 1.8 Mbit/s."""

    def run(*, behind_nginx: bool, plain: bool) -> Run:
        watch = watching.Viewer.watch_plain if plain else watching.Viewer.watch_segments

        def one() -> Figures:
            with watching.cinema(machine, behind_nginx=behind_nginx) as cinema:
                figures: Figures = watching.cost(cinema, watch)
                if watching.CHROMIUM:
                    figures |= watching.waits(cinema, plain=plain)
                return figures

        return one

    runs = {
        "embedded, segments": run(behind_nginx=False, plain=False),
        "embedded, plain MP4": run(behind_nginx=False, plain=True),
    }
    if NGINX:
        runs |= {
            "behind nginx, segments": run(behind_nginx=True, plain=False),
            "behind nginx, plain MP4": run(behind_nginx=True, plain=True),
        }
    columns = {
        "cpu": "ms of CPU per viewer-minute",
        "python": "ms of it in Python",
        "megabytes": "MB/s to eight viewers",
    }
    if watching.CHROMIUM:
        columns |= {"first": "ms to the first picture", "seek": "ms to a jump's picture"}
    return Scenario(
        "A film, by Fachtag alone and behind nginx",
        columns,
        runs,
        "Eight viewers fetch it as fast as it comes, playlists and all. Then Chromium plays it "
        "in the recording's page: from the press on play, and from a jump to a part that it "
        "does not have yet. In a player at rest, one viewer takes 0.23 MB/s.",
        rounds=2,
    )


def opened(machine: Machine, server: Server) -> tuple[int, float]:
    """The memory with all sockets open, and the seconds that opening them took."""
    server.message, server.events = "", []
    with running(machine.load, server, ["--hold"]) as load:
        lines = events_of(load)
        seconds = next(lines)["seconds"]
        next(lines)
        return server.memory, seconds


def events_of(load: Any) -> Iterator[dict[str, Any]]:
    for line in load.stdout:
        yield json.loads(line)


def chosen(figures: dict[str, Any]) -> Figures:
    names = ["cpu_per_delivery", "deliveries_per_second", "messages_per_frame", "server_share"]
    return {name: figures[name] for name in [*names, "load_share", *TRUTHS]}


def times(figures: dict[str, Any]) -> Figures:
    return {
        f"{whose}_{which}": figures[whose][which]
        for whose in ["each", "last"]
        for which in ["p50", "p99"]
    }
