"""The pair for each address: it opens one file for a time, and nothing else ever."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import AsyncClient, Client
from hypothesis import given
from hypothesis import strategies as st

from conference import segments
from conference.media import PIECE
from conference.segments import WINDOW, NotSigned, address_of

FOLDER = f"recordings/{'0123456789abcdef' * 2}"
NAME = f"{FOLDER}/720/00007.m4s"
START = 1_800_000_000  # a window begins


def moment(seconds: float) -> time_machine.travel:
    return time_machine.travel(datetime.fromtimestamp(seconds, UTC), tick=False)


@pytest.fixture
def segment() -> Iterator[bytes]:
    """Stored under ``NAME``, with three more that are like it."""
    names = [NAME, f"{FOLDER}/720/init.mp4", f"{FOLDER}/480/00007.m4s", f"{FOLDER}/film.mp4"]
    for name in names:
        assert default_storage.save(name, ContentFile(b"film of " + name.encode())) == name
    yield b"film of " + NAME.encode()
    for name in names:
        default_storage.delete(name)


# -- who has the address


def test_who_has_the_address_gets_the_file_and_nobody_is_asked(
    client: Client, segment: bytes, db: None, django_assert_num_queries: Callable[[int], Any]
) -> None:
    client.cookies["sessionid"] = "somebody"
    with django_assert_num_queries(0):
        response = client.get(address_of(NAME))
    assert (response.status_code, response.content) == (200, segment)
    assert response["Content-Type"] == "video/mp4"
    assert response["Cache-Control"] == "public, max-age=1000, immutable"
    assert not response.has_header("Vary")
    assert not response.cookies
    part = client.get(address_of(NAME), headers={"Range": "bytes=5-6"})
    assert (part.status_code, part.content) == (206, b"of")


async def test_a_long_one_comes_in_blocks(async_client: AsyncClient) -> None:
    name = default_storage.save(NAME, ContentFile(bytes(3 * PIECE)))
    response = await async_client.get(address_of(name))
    assert [len(block) async for block in response] == [PIECE] * 3
    default_storage.delete(name)


def test_all_who_ask_in_one_window_share_one_address() -> None:
    addresses = set()
    for seconds in [0, 1, WINDOW - 1]:
        with moment(START + seconds):
            addresses.add(address_of(NAME))
    with moment(START + WINDOW):
        addresses.add(address_of(NAME))
    assert len(addresses) == 2


# -- and who has not


def test_a_copied_address_ends(client: Client, segment: bytes) -> None:
    with moment(START):
        address = address_of(NAME)
    last = START + 5 * WINDOW - 1
    for seconds, status in [(START, 200), (last, 200), (last + 1, 403), (last + 10**6, 403)]:
        with moment(seconds):
            assert client.get(address).status_code == status
    with moment(last + 1):
        for headers in [{}, {"Range": "bytes=0-3"}, {"If-None-Match": "*"}]:
            response = client.get(address, headers=headers)
            assert (response.status_code, response.content) == (403, b"")
            assert response["Cache-Control"] == "no-store"
        assert client.head(address).status_code == 403


def test_an_address_says_nothing_of_any_other(
    client: Client, segment: bytes, settings: Any
) -> None:
    address = address_of(NAME)
    expires, signature = address.split("/")[2:4]
    others = [
        address.replace("00007.m4s", "init.mp4"),
        address.replace("/720/", "/480/"),
        address.replace("/720/", "/481/"),
        address.replace(expires, str(int(expires) + 1)),
        address.replace(expires, "9999999999"),
        address.replace(signature, "A" * 22),
        address.replace(signature, signature[::-1]),
    ]
    assert [client.get(other).status_code for other in others] == [403] * 7
    settings.SEGMENT_KEY = "another"
    assert client.get(address).status_code == 403


def test_only_segments_are_signed(client: Client, segment: bytes, db: None) -> None:
    expires = segments.end()
    for name in [
        f"{FOLDER}/film.mp4",
        f"{FOLDER}/sprite.webp",
        f"{FOLDER}/720/../film.mp4",
        f"{FOLDER}/720/00007.m4s\n",
        f"{FOLDER}/720/7.m4s",
        "materials/plan.pdf",
        "recordings/film.mp4",
        "fachtag.sqlite3",
    ]:
        with pytest.raises(NotSigned):
            address_of(name)
        signature = segments.signature_of(expires, name)
        path = f"/segmente/{expires}/{signature}/{quote(name)}"
        assert client.get(path).status_code == 404


def test_a_segment_that_is_gone_is_not_found(client: Client, db: None) -> None:
    assert client.get(address_of(NAME)).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/segmente/",
        f"/segmente/x/{'A' * 22}/{NAME}",
        f"/segmente/-100000000/{'A' * 22}/{NAME}",
        f"/segmente/١٢٣٤٥٦٧٨٩٠/{'A' * 22}/{NAME}",
        f"/segmente/1800000000/{'A' * 21}/{NAME}",
        f"/segmente/1800000000/{'ü' * 22}/{NAME}",
        f"/segmente/1800000000/{'A' * 22}/{NAME}%00",
        f"/segmente/1800000000/{'A' * 22}/{NAME}%0a",
        f"/segmente/1800000000/{'A' * 22}/../{NAME}",
        f"/segmente//{NAME}",
    ],
)
def test_what_is_no_address_is_not_found(client: Client, db: None, path: str) -> None:
    assert client.get(path).status_code == 404


pieces = st.lists(st.text(max_size=30), max_size=6)


@given(pieces, st.lists(st.booleans(), min_size=6, max_size=6))
def test_no_address_that_one_makes_up_opens_anything(
    parts: list[str], kept: list[bool]
) -> None:
    real = address_of(NAME).split("/")[2:]
    for place, part in enumerate(real):
        if kept[place]:
            parts.insert(min(place, len(parts)), part)
    made_up = f"segmente/{'/'.join(parts)}"
    found = re.fullmatch(segments.ADDRESS, made_up)
    if found and parts != real:
        with pytest.raises(NotSigned):
            segments.check(int(found["expires"]), found["signature"], found["name"])


@given(st.from_regex(segments.ADDRESS, fullmatch=True, alphabet=st.characters(codec="utf-8")))
def test_what_looks_like_an_address_opens_nothing_either(made_up: str) -> None:
    found = re.fullmatch(segments.ADDRESS, made_up)
    with pytest.raises(NotSigned):
        segments.check(int(found["expires"]), found["signature"], found["name"])


# -- caches


@given(st.integers(START, START + 20 * WINDOW), st.integers(0, 5 * WINDOW))
def test_no_cache_on_the_way_keeps_a_file_beyond_its_end(asked: int, later: int) -> None:
    with moment(asked):
        expires = segments.end()
    assert 4 * WINDOW <= expires - asked < 5 * WINDOW
    with moment(min(asked + later, expires)):
        kept = segments.cache_control(expires)
        if kept.startswith("public"):
            assert min(asked + later, expires) + WINDOW <= expires
        else:
            assert kept == "private, max-age=1000, immutable"
            assert expires - asked - later < WINDOW
