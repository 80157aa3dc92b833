"""Viewers of one film: many who only fetch it, and one in Chromium whose waits are timed."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urljoin

import psutil
from playwright.sync_api import BrowserContext, sync_playwright

from tests.benchmarks import ours
from tests.benchmarks.load import HOUSE, SERVER_CORE
from tests.benchmarks.servers import Machine, children, free_port, process
from tests.chromium import CHROMIUM, FLAGS
from tests.nginx import nginx

VIEWERS = 8  # at the same time
LOADS, SEEKS = 5, [301, 97, 555, 212]  # of the page; to these seconds
KEY = "messung-" * 4
BLOCK = bytearray(2**20)

# How long until a picture stands: after play is pressed, and after each jump.
WAITS = """async ([plain, seeks]) => {
    let video = document.querySelector("#video");
    if (plain) {
        video = document.createElement("video");
        video.preload = "none";
        video.src = plain;
        document.querySelector("main").prepend(video);
    }
    video.muted = true;
    const waited = async (act, shown) => {
        const start = performance.now();
        const done = new Promise((resolve) => {
            video.addEventListener(shown, resolve, { once: true });
        });
        act();
        await done;
        return performance.now() - start;
    };
    const first = await waited(() => video.play(), "playing");
    const jumps = [];
    for (const second of seeks)
        jumps.push(await waited(() => (video.currentTime = second), "seeked"));
    return [first, jumps];
}"""


@dataclass
class Cinema:
    """A server that shows the film, and who may watch it; ``python`` is its process of ours."""

    port: int
    python: list[int]
    all: list[int]
    session: str
    film: dict[str, Any]


@contextmanager
def cinema(machine: Machine, *, behind_nginx: bool) -> Iterator[Cinema]:
    people, film, port = ours.people_of(machine), film_of(machine), free_port()
    environment = settings_of(machine) | {"CLOCK_SHIFT": str(people["shift"])}
    if not behind_nginx:
        command = ours.fast(port, ours.HOUSE_APPLICATION)
        with process(command, port, environment) as pids:
            yield Cinema(port, pids, pids, people["visitor"], film)
        return
    folder = machine.folder / f"nginx-{port}"
    folder.mkdir()
    environment |= {"MEDIA_ACCEL_PREFIX": "/geschuetzt/"}
    media = machine.folder / "var/media"
    with (
        process(ours.fast(port, ours.HOUSE_APPLICATION), port, environment) as pids,
        nginx(folder, port, media, KEY) as (front, master),
    ):
        workers = [master, *children(master)]
        for pid in workers:
            psutil.Process(pid).cpu_affinity([SERVER_CORE])
        yield Cinema(front, pids, [*pids, *workers], people["visitor"], film)


def settings_of(machine: Machine) -> dict[str, str]:
    return ours.environment(machine) | {"SEGMENT_KEY": KEY}


def film_of(machine: Machine) -> dict[str, Any]:
    shift = str(ours.people_of(machine)["shift"])
    return made(machine.folder, tuple((settings_of(machine) | {"CLOCK_SHIFT": shift}).items()))


@cache
def made(folder: Path, environment: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    run, path = [sys.executable, "-W", "ignore", "-m", "tests.benchmarks.film"], folder / "film"
    subprocess.run([*run, str(path)], cwd=HOUSE, env=dict(environment), check=True)
    return json.loads(path.read_text())


# -- those who fetch


class Viewer:
    """Watches as fast as it comes, over one connection."""

    def __init__(self, port: int, session: str) -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookie = {"Cookie": f"sessionid={session}"}

    def get(self, path: str, **headers: str) -> Any:
        self.connection.request("GET", path, headers=self.cookie | headers)
        response = self.connection.getresponse()
        if response.status not in {200, 206}:
            raise RuntimeError(f"{path} answered {response.status}")
        return response

    def watch_segments(self, film: dict[str, Any]) -> tuple[int, float]:
        """As hls.js does: the master, a playlist for pictures and for sound, their files.

        Returns the bytes, and the minutes of film in them.
        """
        self.get(film["master"]).read()
        size = 0
        for name in ["720", "sound"]:
            path = urljoin(film["master"], f"{name}.m3u8")
            text = self.get(path).read().decode()
            first = text.partition('URI="')[2].partition('"')[0]
            files = [line for line in text.splitlines() if line[:1] not in {"", "#"}]
            size += sum(emptied(self.get(urljoin(path, file))) for file in [first, *files])
        return size, film["minutes"]

    def watch_plain(self, film: dict[str, Any]) -> tuple[int, float]:
        """As Chromium does: the rest from where it is; here for the first minute or longer."""
        reached, minute, whole = 0, 1.0, 0
        while reached < minute:
            response = self.get(film["plain"], Range=f"bytes={reached}-")
            whole = int(response.headers["Content-Range"].rpartition("/")[2])
            minute = whole / film["minutes"]
            reached += emptied(response)
        return reached, reached / minute


def emptied(response: Any) -> int:
    size = 0
    while count := response.readinto(BLOCK):
        size += count
    return size


Watch = Callable[[Viewer, dict[str, Any]], tuple[int, float]]


def cost(cinema: Cinema, watch: Watch) -> dict[str, float]:
    """What all of them together take of the server, for each minute of film seen."""

    def one(_number: int) -> tuple[int, float]:
        viewer = Viewer(cinema.port, cinema.session)
        with closing(viewer.connection):
            return watch(viewer, cinema.film)

    one(0)  # what is loaded late is not counted
    started = time.monotonic()
    before = used(cinema.all), used(cinema.python)
    with ThreadPoolExecutor(VIEWERS) as threads:
        seen = list(threads.map(one, range(VIEWERS)))
    size, minutes = (sum(figures) for figures in zip(*seen, strict=True))
    return {
        "cpu": 1000 * (used(cinema.all) - before[0]) / minutes,
        "python": 1000 * (used(cinema.python) - before[1]) / minutes,
        "megabytes": size / 1e6 / (time.monotonic() - started),
    }


def used(pids: list[int]) -> float:
    """Seconds of CPU so far."""
    return sum(sum(psutil.Process(pid).cpu_times()[:2]) for pid in pids)


# -- the one who watches


def waits(cinema: Cinema, *, plain: bool) -> dict[str, float]:
    """Medians, in milliseconds; the server has a core of its own, and Chromium the other."""
    firsts, jumps = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for _load in range(LOADS):
            context = browser.new_context(base_url=f"http://127.0.0.1:{cinema.port}")
            first, seeks = watched(context, cinema, plain)
            firsts.append(first)
            jumps += seeks
            context.close()
        browser.close()
    return {"first": median(firsts), "seek": median(jumps)}


def watched(context: BrowserContext, cinema: Cinema, plain: bool) -> tuple[float, list[float]]:
    url = f"http://127.0.0.1:{cinema.port}"
    context.add_cookies([{"name": "sessionid", "value": cinema.session, "url": url}])
    page = context.new_page()
    page.goto(cinema.film["page"], wait_until="networkidle")
    first, seeks = page.evaluate(WAITS, [cinema.film["plain"] if plain else None, SEEKS])
    return first, seeks
