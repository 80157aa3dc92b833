"""What nginx does with docs/nginx.conf, beside what Fachtag does by itself."""

import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
import time_machine
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from conference.models import Person, Recording
from conference.segments import WINDOW, address_of
from tests.films import small_video
from tests.nginx import nginx

FOLDER = f"recordings/{'0123456789abcdef' * 2}"
NAME = f"{FOLDER}/720/00007.m4s"
BYTES = bytes(range(256)) * 64


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


class Nginx(NamedTuple):
    port: int
    folder: Path

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        answer = Answer(response.status, dict(response.getheaders()), response.read())
        connection.close()
        return answer


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Nginx]:
    """Nobody stands behind it."""
    with nginx(tmp_path, 9, settings.MEDIA_ROOT, settings.SEGMENT_KEY) as (port, _pid):
        yield Nginx(port, tmp_path)


@pytest.fixture
def segment() -> Iterator[None]:
    names = [NAME, f"{FOLDER}/720/init.mp4", f"{FOLDER}/film.mp4"]
    for name in names:
        default_storage.save(name, ContentFile(BYTES))
    yield
    for name in names:
        default_storage.delete(name)


def signed(name: str, ago: float = 0) -> str:
    with time_machine.travel(time.time() - ago, tick=False):
        return address_of(name)


def test_segments_come_from_nginx_alone_as_fachtag_would_serve_them(
    alone: Nginx, segment: None, client: Client
) -> None:
    # A new one, one in its last window, one for the film's first bytes.
    for address in [signed(NAME), signed(NAME, 4 * WINDOW), signed(f"{FOLDER}/720/init.mp4")]:
        ours, theirs = client.get(address), alone.ask(address)
        assert (ours.status_code, ours.content) == (theirs.status, theirs.body) == (200, BYTES)
        for header in ["Cache-Control", "Content-Type", "X-Content-Type-Options"]:
            assert ours[header] == theirs.headers[header]
        assert alone.ask(address, Range="bytes=3-5").body == BYTES[3:6]
        assert alone.ask(address, "HEAD").status == 200
    assert (alone.folder / "access.log").read_text() == ""  # addresses are keys


def test_nobody_gets_a_byte_by_another_address(
    alone: Nginx, segment: None, client: Client, db: None
) -> None:
    good = signed(NAME)
    _start, _segments, expires, signature, *_name = good.split("/")
    refused = [
        signed(NAME, 5 * WINDOW),
        signed(NAME, 10**6),
        good.replace("/720/00007.m4s", "/720/init.mp4"),
        good.replace(expires, "9999999999"),
        good.replace(signature, signature[::-1]),
        good.replace(signature, "A" * 22),
    ]
    not_there = [
        good.replace("/720/00007.m4s", "/film.mp4"),
        good.replace("/720/00007.m4s", "/720/../film.mp4"),
        good.replace("/720/", "/720/../720/../"),
        good.replace("00007.m4s", "00007.m4s%00"),
        good.replace("00007.m4s", "00007.m4s%0a"),
        good.replace(signature, ""),
        f"/geschuetzt/{NAME}",
        f"/geschuetzt/{FOLDER}/film.mp4",
    ]
    for address in refused:
        answer = alone.ask(address, Range="bytes=0-3")
        assert (answer.status, client.get(address).status_code) == (403, 403)
        assert BYTES[:4] not in answer.body
    for address in not_there:
        answer = alone.ask(address)
        assert answer.status in {400, 404, 502}  # 502: it would have asked Fachtag
        assert BYTES[:4] not in answer.body
        assert client.get(address).status_code == 404


@pytest.fixture
def before_fachtag(tmp_path: Path, live_server: Any, settings: Any) -> Iterator[Nginx]:
    settings.MEDIA_ACCEL_PREFIX = "/geschuetzt/"
    upstream = urlsplit(live_server.url).port or 0
    with nginx(tmp_path, upstream, settings.MEDIA_ROOT, settings.SEGMENT_KEY) as (port, _pid):
        yield Nginx(port, tmp_path)


def test_nginx_hands_out_a_film_to_whom_fachtag_opens_it(
    before_fachtag: Nginx, recording: Recording, aylin: Person, client: Client
) -> None:
    path = reverse("recording_video", args=[recording.event.slug, recording.slug])
    client.force_login(aylin)
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    video = small_video()
    whole = before_fachtag.ask(path, Cookie=cookie)
    assert (whole.status, whole.body == video) == (200, True)
    assert whole.headers["Content-Type"] == "video/mp4"
    assert set(whole.headers["Cache-Control"].split(", ")) == {"private", "no-cache"}
    seek = before_fachtag.ask(path, Cookie=cookie, Range="bytes=1000-")
    assert (seek.status, seek.body == video[1000:]) == (206, True)
    assert before_fachtag.ask(path, Range="bytes=0-3").status == 403
