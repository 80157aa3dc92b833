from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from chat import clock
from conference.models import Event, Person, Recording, Video
from tests.conference.test_playlists import HIGH, SOUND

FOLDER = f"recordings/{'0123456789abcdef' * 2}"


@pytest.fixture
def film(recording: Recording) -> Video:
    """Of three segments, in one height, with sound."""
    return Video.objects.create(
        recording=recording,
        uploaded_at=clock.now(),
        ready_at=clock.now(),
        folder=FOLDER,
        renditions=[HIGH, SOUND],
    )


def master(film: Video) -> str:
    recording = film.recording
    return reverse("recording_playlist", args=[recording.event.slug, recording.slug, film.pk])


def addresses(playlist: str, text: str) -> list[str]:
    return [urljoin(playlist, line) for line in text.splitlines() if line[:1] not in {"#", ""}]


def test_a_player_finds_its_way_from_the_master_to_each_byte(
    client: Client, film: Video, aylin: Person
) -> None:
    name = default_storage.save(f"{FOLDER}/720/00001.m4s", ContentFile(b"film"))
    client.force_login(aylin)
    response = client.get(master(film))
    assert response["Content-Type"] == "application/vnd.apple.mpegurl"
    assert 'NAME="Deutsch",LANGUAGE="de"' in response.text
    high, sound = addresses(master(film), response.text)
    assert [high.rpartition("/")[2], sound.rpartition("/")[2]] == ["720.m3u8", "sound.m3u8"]
    listed = addresses(high, client.get(high).text)
    assert [one.rpartition("/")[2] for one in listed] == [f"0000{n}.m4s" for n in range(3)]
    client.logout()
    assert client.get(listed[1]).content == b"film"
    default_storage.delete(name)


@pytest.mark.parametrize(
    ("opens", "public", "may"),
    [
        (-1, None, {"aylin", "katrin"}),
        (1, None, {"katrin"}),
        (1, -1, {"aylin", "katrin", "olga", "stranger"}),
    ],
)
def test_who_may_watch_gets_the_playlists_and_nobody_else(
    client: Client,
    film: Video,
    now: datetime,
    aylin: Person,
    olga: Person,
    katrin: Person,
    opens: int,
    public: int | None,
    may: set[str],
) -> None:
    Recording.objects.update(
        available_from=now + timedelta(hours=opens),
        public_from=now + timedelta(hours=public) if public else None,
    )
    people = {"aylin": aylin, "olga": olga, "katrin": katrin, "stranger": None}
    for name, person in people.items():
        client.logout()
        if person:
            client.force_login(person)
        for path in [master(film), urljoin(master(film), "720.m3u8")]:
            response = client.get(path)
            assert response.status_code == (200 if name in may else 403)
            assert response.text.startswith("#EXTM3U" if name in may else "Diese Aufzeichnung")
            kept = set(response["Cache-Control"].split(", "))
            assert kept == {"private", "no-store"}


def test_a_door_that_shuts_shuts_for_the_next_playlist(
    client: Client, film: Video, now: datetime, aylin: Person
) -> None:
    client.force_login(aylin)
    path = urljoin(master(film), "720.m3u8")
    assert client.get(path).status_code == 200
    Recording.objects.update(available_from=now + timedelta(hours=1))
    assert client.get(path).status_code == 403


def test_what_is_not_released_has_no_address(
    client: Client, film: Video, aylin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(aylin)
    monkeypatch.setattr(Recording, "released_until", lambda recording, person: 7.0)
    text = client.get(urljoin(master(film), "720.m3u8")).text
    assert "#EXT-X-PLAYLIST-TYPE:EVENT" in text
    assert [one.rpartition("/")[2] for one in addresses("/", text)] == [
        "00000.m4s",
        "00001.m4s",
    ]


@pytest.mark.parametrize("change", ["name", "film", "recording", "raw", "plain", "hidden"])
def test_what_cannot_be_streamed_is_not_found(
    client: Client, film: Video, aylin: Person, change: str
) -> None:
    client.force_login(aylin)
    path = urljoin(master(film), "720.m3u8")
    match change:
        case "name":
            path = path.replace("720", "721")
        case "film":
            path = path.replace(f"/{film.pk}/", f"/{film.pk + 1}/")
        case "recording":
            path = path.replace(film.recording.slug, "anderes")
        case "raw":
            Video.objects.update(ready_at=None, folder="")
        case "plain":
            Video.objects.update(renditions=[])
        case "hidden":
            Event.objects.update(published_at=None)
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_a_playlist_asks_as_often_for_one_film_as_for_three(
    client: Client,
    film: Video,
    aylin: Person,
    count: int,
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    for number in range(1, count):
        Video.objects.create(
            recording=film.recording,
            uploaded_at=clock.now(),
            ready_at=clock.now(),
            folder=f"{FOLDER[:-1]}{number}",
            renditions=[HIGH] * count,
        )
    client.force_login(aylin)
    for path in [master(film), urljoin(master(film), "sound.m3u8")]:
        with django_assert_num_queries(8):  # three for who asks what, five for the door
            client.get(path)
