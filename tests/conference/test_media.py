import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage
from django.http import Http404
from django.http.response import HttpResponseBase
from django.test import AsyncClient, Client, RequestFactory
from hypothesis import example, given
from hypothesis import strategies as st

from conference.media import PIECE, RangeError, parse_range, send_file
from conference.models import Event

BYTES = bytes(range(256)) * 4096  # 1 MiB
GET = RequestFactory().get


class File(NamedTuple):
    name: str
    storage: Storage = default_storage


def saved(name: str, content: bytes) -> Iterator[File]:
    name = default_storage.save(name, ContentFile(content))
    yield File(name)
    default_storage.delete(name)


@pytest.fixture
def video() -> Iterator[File]:
    yield from saved("recordings/video.mp4", BYTES)


@pytest.fixture
def small() -> Iterator[File]:
    yield from saved("events/bild.jpg", b"0123456789")


def ask(file: File, method: str = "get", **headers: str) -> HttpResponseBase:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return send_file(getattr(RequestFactory(), method)("/", headers=named), file)


# -- ranges


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=0-9", 0, 9),
        ("bytes=1000-1999", 1000, 1999),
        ("bytes=0-", 0, PIECE - 1),
        (f"bytes=5-{10**15}", 5, PIECE + 4),
        ("bytes=1048570-", 1048570, 1048575),
        ("bytes=-1", 1048575, 1048575),
        ("bytes=-300000", 1048576 - 300000, 1048576 - 300000 + PIECE - 1),
        ("bytes=-9999999", 0, PIECE - 1),
        ("BYTES=3-4", 3, 4),
        ("bytes= 3-4 ,, 8-9", 3, 4),
        ("bytes=2000000-,7-8", 7, 8),
    ],
)
def test_a_range_is_answered_byte_for_byte_and_capped(
    video: File, asked: str, first: int, last: int
) -> None:
    response = ask(video, Range=asked)
    assert response.status_code == 206
    assert response.content == BYTES[first : last + 1]
    assert response["Content-Range"] == f"bytes {first}-{last}/{len(BYTES)}"
    assert response["Content-Length"] == str(last + 1 - first)


@pytest.mark.parametrize("asked", ["bytes=1048576-", "bytes=-0", "bytes=2000000-3000000,-0"])
def test_a_range_beyond_the_end_is_refused_with_the_size(video: File, asked: str) -> None:
    response = ask(video, Range=asked)
    assert (response.status_code, response["Content-Range"]) == (416, f"bytes */{len(BYTES)}")


@pytest.mark.parametrize(
    "asked",
    [
        *("", "bytes", "bytes=", "bytes=-", "bytes=9-1", "bytes=a-b", "bytes=1-2-3"),
        *("lines=1-2", "bytes=٣-٤", "bytes=0x1-2", "bytes=+1-2", "bytes=-1-2"),
        *("bytes=1-2;3-4", "bytes=0-1,what", f"bytes={'9' * 5000}-"),
    ],
)
def test_a_malformed_range_is_as_good_as_none(small: File, asked: str) -> None:
    response = ask(small, Range=asked)
    assert (response.status_code, response.content) == (200, b"0123456789")
    assert response["Accept-Ranges"] == "bytes"


def test_an_empty_file_has_no_range() -> None:
    for file in saved("events/leer.jpg", b""):
        assert ask(file, Range="bytes=0-").status_code == 416
        assert (ask(file).status_code, ask(file)["Content-Length"]) == (200, "0")


@given(st.text(max_size=60), st.integers(0, 10**9))
@example("bytes=" + "," * 60, 1)
def test_no_range_header_breaks_anything(header: str, size: int) -> None:
    check(header, size)


@given(
    st.from_regex(r"bytes=( ?[0-9]{0,12}-[0-9]{0,12} ?,?){1,4}", fullmatch=True),
    st.integers(0, 10**9),
)
def test_what_looks_like_a_range_lies_in_the_file(header: str, size: int) -> None:
    check(header, size)


def check(header: str, size: int) -> None:
    try:
        span = parse_range(header, size)
    except RangeError:
        return
    if span is not None:
        assert 0 <= span.start < span.stop <= size
        assert re.match(r"(?i)bytes=", header)


@given(st.integers(1, 10**6), st.data())
def test_every_range_within_a_file_is_found(size: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, size - 1))
    last = data.draw(st.integers(first, 2 * size))
    assert parse_range(f"bytes={first}-{last}", size) == range(first, min(last + 1, size))
    assert parse_range(f"bytes={first}-", size) == range(first, size)
    assert parse_range(f"bytes=-{last + 1}", size) == range(max(size - last - 1, 0), size)


# -- conditions


def test_who_has_the_file_gets_it_not_again(small: File) -> None:
    first = ask(small)
    etag, modified = first["ETag"], first["Last-Modified"]
    assert re.fullmatch(r'"[0-9a-f]{20}"', etag)
    for headers in [
        {"If_None_Match": etag},
        {"If_None_Match": f'"other", {etag}'},
        {"If_None_Match": etag, "Range": "bytes=0-1"},
        {"If_Modified_Since": modified},
    ]:
        response = ask(small, **headers)
        assert (response.status_code, response.content) == (304, b"")
        assert response["ETag"] == etag
    assert ask(small, If_None_Match='"other"').status_code == 200
    assert ask(small, If_Match='"other"').status_code == 412


def test_a_range_of_another_version_gets_the_whole(small: File) -> None:
    first = ask(small)
    for condition, status in [
        (first["ETag"], 206),
        (first["Last-Modified"], 206),
        ('"other"', 200),
        ("W/" + first["ETag"], 200),
        ("Wed, 15 Jul 2020 09:00:00 GMT", 200),
        ("nonsense", 200),
    ]:
        assert ask(small, Range="bytes=0-3", If_Range=condition).status_code == status


def test_a_new_version_has_a_new_tag(small: File) -> None:
    before = ask(small)["ETag"]
    Path(default_storage.path(small.name)).write_bytes(b"9876543210")
    assert ask(small)["ETag"] != before


def test_head_tells_all_but_the_bytes(video: File) -> None:
    response = ask(video, "head", Range="bytes=0-9")
    assert (response.status_code, response.content) == (200, b"")
    assert (response["Content-Length"], response["Content-Type"]) == ("1048576", "video/mp4")


# -- the whole


async def test_the_whole_comes_in_blocks(async_client: AsyncClient, event: Event) -> None:
    for file in saved("events/gross.jpg", BYTES):
        response = await async_client.get(default_storage.url(file.name))
        blocks = [block async for block in response]
        assert (response.status_code, response["Content-Length"]) == (200, "1048576")
        assert b"".join(blocks) == BYTES
        assert {len(block) for block in blocks} == {PIECE}


def test_a_file_that_is_gone_is_not_found() -> None:
    with pytest.raises(Http404):
        ask(File("recordings/weg.mp4"))


@pytest.mark.parametrize(
    ("name", "disposition"),
    [
        ("plan.html", 'attachment; filename="plan.html"'),
        ("bild.svg", 'attachment; filename="bild.svg"'),
        ("liste.bin", 'attachment; filename="liste.bin"'),
        (
            "Übersicht „neu“.pdf",
            "inline; filename*=utf-8''%C3%9Cbersicht%20%E2%80%9Eneu%E2%80%9C.pdf",
        ),
        ('a"b.pdf', 'inline; filename="a\\"b.pdf"'),
        ("a\r\nSet-Cookie: x.pdf", "inline; filename*=utf-8''a%0D%0ASet-Cookie%3A%20x.pdf"),
    ],
)
def test_only_what_is_harmless_is_shown_in_place(
    small: File, name: str, disposition: str
) -> None:
    response = send_file(GET("/"), small, filename=name)
    assert response["Content-Disposition"] == disposition
    assert response["X-Content-Type-Options"] == "nosniff"


# -- nginx


def test_nginx_hands_out_what_fachtag_permitted(settings: Any) -> None:
    settings.MEDIA_ACCEL_PREFIX = "/geschuetzt/"
    file = File("materials/Übersicht & Plan?.pdf")  # need not lie on this machine
    response = send_file(
        GET("/", headers={"Range": "bytes=0-1"}), file, as_attachment=True, filename="plan.pdf"
    )
    assert (response.status_code, response.content) == (200, b"")
    assert (
        response["X-Accel-Redirect"]
        == "/geschuetzt/materials/%C3%9Cbersicht%20%26%20Plan%3F.pdf"
    )
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="plan.pdf"'


# -- pictures


def test_pictures_are_for_everyone_and_kept_for_a_day(client: Client, db: None) -> None:
    for folder in ["events", "speakers", "stands", "recordings"]:
        for file in saved(f"{folder}/bild.webp", b"bild"):
            response = client.get(default_storage.url(file.name))
            assert (response.status_code, response.content) == (200, b"bild")
            assert response["Content-Type"] == "image/webp"
            assert response["Cache-Control"] == "public, max-age=86400"
            assert not response.has_header("Vary")


def test_of_a_film_only_its_poster_is_for_everyone(client: Client, db: None) -> None:
    folder = f"recordings/{'0123456789abcdef' * 2}"
    found = {}
    for name in ["poster.webp", "sprite.webp", "720/poster.webp"]:
        for file in saved(f"{folder}/{name}", b"bild"):
            found[name] = client.get(default_storage.url(file.name)).status_code
    assert found == {"poster.webp": 200, "sprite.webp": 404, "720/poster.webp": 404}


@pytest.mark.parametrize(
    "path",
    [
        "recordings/video.mp4",
        "recordings/video.vtt",
        "materials/plan.pdf",
        "materials/bild.jpg",
        "events/plan.svg",
        "events/../recordings/video.mp4",
        "events/..%2f..%2ffachtag.sqlite3",
        "../fachtag.sqlite3",
        "%2e%2e/%2e%2e/etc/passwd",
        "events/%2e%2e/%2e%2e/x.jpg",
        "events//etc/x.jpg",
        "events/..%5c..%5cx.jpg",
        "events/x.jpg%00.png",
        "events/x.jpg%0a",
        "events/",
        "",
    ],
)
def test_nothing_but_pictures_goes_through_their_door(
    client: Client, db: None, video: File, path: str
) -> None:
    assert client.get(f"/medien/{path}").status_code == 404
