"""Uploads in an object store: a real server holds them, and checks who may have them."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from chat import clock
from conference.models import Person, Recording, RecordingMaterial, Video
from conference.object_storage import ObjectStorage
from conference.segments import WINDOW
from tests.conference.test_playlists import HIGH, SOUND
from tests.object_store import BUCKET, KEY, SECRET, object_store

NAME = f"recordings/{'0123456789abcdef' * 2}/720/00000.m4s"


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with object_store(tmp_path_factory.mktemp("store")) as endpoint:
        yield endpoint


@pytest.fixture
def store(endpoint: str, settings: Any) -> ObjectStorage:
    """Where all uploads go meanwhile."""
    options = {"access_key": KEY, "secret_key": SECRET, "bucket_name": BUCKET}
    options |= {"endpoint_url": endpoint, "region_name": "us-east-1"}
    backend = {"BACKEND": "conference.object_storage.ObjectStorage", "OPTIONS": options}
    settings.STORAGES = settings.STORAGES | {"default": backend}
    return default_storage


def got(address: str, **headers: str) -> tuple[int, bytes]:
    try:
        with urlopen(Request(address, headers=headers), timeout=20) as response:
            return response.status, response.read()
    except HTTPError as error:
        with error:
            return error.code, b""


def test_a_store_keeps_what_a_disk_would(store: ObjectStorage) -> None:
    body = bytes(range(256)) * 1000
    first = store.save("materials/Übersicht & Plan?.pdf", ContentFile(body))
    second = store.save("materials/Übersicht & Plan?.pdf", ContentFile(b"another"))
    assert first != second
    with store.open(first) as file:
        file.seek(1000)
        assert file.read(3) == body[1000:1003]
    assert (store.size(first), store.exists(first)) == (len(body), True)
    assert got(store.signed_address(first, "application/pdf")) == (200, body)
    assert (
        got(store.signed_address(first, "application/pdf"), Range="bytes=3-5")[1] == body[3:6]
    )
    for name in [first, second]:
        store.delete(name)
    assert not store.exists(first)
    with pytest.raises(FileNotFoundError):
        store.open(first)


def test_an_address_of_the_store_ends_and_opens_one_file(store: ObjectStorage) -> None:
    name = store.save(NAME, ContentFile(b"film"))
    other = store.save(NAME.replace("00000", "00001"), ContentFile(b"more"))
    address = store.signed_address(name, "video/mp4")
    assert got(address) == (200, b"film")
    with time_machine.travel(time.time() - 6 * WINDOW, tick=False):
        old = store.signed_address(name, "video/mp4")
    for wrong in [
        old,
        address.replace("00000.m4s", "00001.m4s"),
        address.replace("X-Amz-Expires=4000", "X-Amz-Expires=400000"),
        address[:-1] + ("0" if address[-1] != "0" else "1"),
        address.partition("?")[0],
    ]:
        assert got(wrong)[0] in {400, 403}
    for one in [name, other]:
        store.delete(one)


def test_all_who_ask_in_one_window_share_one_address_as_botocore_signs_it(
    store: ObjectStorage,
) -> None:
    start = datetime.fromtimestamp(1_800_000_000, UTC)
    addresses = []
    for seconds in [0, WINDOW - 1, WINDOW]:
        with time_machine.travel(start.timestamp() + seconds, tick=False):
            addresses.append(store.signed_address("a/Ü (1).pdf", "text/plain", 'x; y="ß/+"'))
    assert addresses[0] == addresses[1] != addresses[2]
    with time_machine.travel(start, tick=False):
        params = {"Bucket": BUCKET, "Key": "a/Ü (1).pdf"} | {
            "ResponseCacheControl": "public, max-age=1000, immutable",
            "ResponseContentDisposition": 'x; y="ß/+"',
            "ResponseContentType": "text/plain",
        }
        theirs = store.connection.meta.client.generate_presigned_url(
            "get_object", Params=params, ExpiresIn=4 * WINDOW
        )
    ours = addresses[0]
    assert sorted(urlsplit(ours).query.split("&")) == sorted(urlsplit(theirs).query.split("&"))


def test_who_may_watch_is_sent_to_the_store_and_nobody_else(
    store: ObjectStorage, recording: Recording, client: Client, aylin: Person
) -> None:
    material = RecordingMaterial(recording=recording, title="Übersicht")
    material.file.save("plan.pdf", ContentFile(b"%PDF-1.7"))
    recording.poster.save("bild.webp", ContentFile(b"bild"))
    args = [recording.event.slug, recording.slug]
    paths = [
        reverse("recording_video", args=args),
        reverse("recording_material", args=[*args, material.pk]),
    ]
    assert [client.get(path).status_code for path in paths] == [403, 403]
    client.force_login(aylin)
    for path in paths:
        sent = client.get(path)
        assert (sent.status_code, got(sent.url)[0]) == (302, 200)
        assert set(sent["Cache-Control"].split(", ")) == {
            "private",
            "no-cache",
            "max-age=1000",
        }
    assert "filename%3D%22ubersicht.pdf%22" in sent.url
    poster = client.get(recording.poster.url)
    assert got(poster.url) == (200, b"bild")
    assert set(poster["Cache-Control"].split(", ")) == {"public", "max-age=1000"}


def test_a_playlist_lists_the_stores_addresses(
    store: ObjectStorage, recording: Recording, client: Client, aylin: Person
) -> None:
    store.save(NAME, ContentFile(b"film"))
    film = Video.objects.create(
        recording=recording,
        uploaded_at=clock.now(),
        ready_at=clock.now(),
        folder=str(Path(NAME).parent.parent),
        renditions=[HIGH, SOUND],
    )
    client.force_login(aylin)
    args = [recording.event.slug, recording.slug, film.pk, "720"]
    text = client.get(reverse("recording_rendition", args=args)).text
    addresses = [line for line in text.splitlines() if not line.startswith("#")]
    assert (len(addresses), got(addresses[0])) == (3, (200, b"film"))
    assert text.count(f"{store.endpoint_url}/{BUCKET}/recordings/") == 4
    store.delete(NAME)
