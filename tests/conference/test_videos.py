import os
import signal
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from conference import worker
from conference.management.commands.demo_recordings import show
from conference.models import Recording, Video
from conference.models.video import MOST_TRIES
from conference.storage import clear_folder, clear_strays, files_in, folders_in
from tests.browser.conftest import database_url
from tests.conference.test_worker import IN_THE_DATABASE, until
from tests.films import film
from tests.worker import working


@pytest.fixture(autouse=True)
def _nothing_stored_before() -> None:
    for folder in ("recordings", "sources", "uploads"):
        clear_folder(folder)


def handed_in(recording: Recording, body: bytes, **fields: Any) -> Video:
    name = default_storage.save("sources/1/original", ContentFile(body))
    return recording.videos.create(uploaded_at=timezone.now(), source=name, **fields)


def test_a_film_is_made_in_a_folder_of_its_own_and_fills_its_recording(
    recording: Recording, settings: Any
) -> None:
    Recording.objects.update(duration=None)
    video = handed_in(recording, film(), filename="Grüße.mp4")
    assert (video.state, recording.film == video) == ("waiting", False)
    Video.objects.get(pk=video.pk).process()
    recording = Recording.objects.get()
    video = recording.film
    assert (video.state, video.progress, video.seconds) == ("ready", 100, 2)
    assert (recording.seconds, recording.poster.name[-5:]) == (2, ".webp")
    folders, files = map(sorted, default_storage.listdir(video.folder))
    assert folders == ["90", "sound"]
    assert files == ["film.mp4", "poster.webp", "sprite.webp"]
    before = video.folder
    video.process()  # again is fine
    assert Recording.objects.get().film.folder == before


def test_a_broken_file_fails_in_words_and_leaves_nothing(recording: Recording) -> None:
    before = folders_in("recordings")
    video = handed_in(recording, b"kaputt")
    video.process()
    video.refresh_from_db()
    assert (video.state, video.folder, folders_in("recordings")) == ("failed", "", before)
    assert video.failure.startswith("Diese Datei lässt sich nicht als Video lesen")


def test_trouble_of_ours_is_told_and_tried_again(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = folders_in("recordings")
    video = handed_in(recording, film())
    with monkeypatch.context() as patch:
        patch.setattr(Video, "_publish", lambda *args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            video.process()
    video.refresh_from_db()
    assert (video.state, folders_in("recordings")) == ("failed", before)
    assert video.failure.startswith("Bei uns ist etwas schiefgegangen")
    video.process()
    video.refresh_from_db()
    assert (video.state, video.failure) == ("ready", "")


def test_a_try_that_another_one_has_overtaken_publishes_nothing(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = folders_in("recordings")
    video = handed_in(recording, film())
    fetch = Video._fetch

    def overtaken(self: Video, path: Path) -> None:
        fetch(self, path)
        Video.objects.update(tries=7)

    monkeypatch.setattr(Video, "_fetch", overtaken)
    video.process()
    video.refresh_from_db()
    assert (video.state, video.folder, folders_in("recordings")) == ("working", "", before)


def test_a_film_that_kills_its_workers_is_left_alone(recording: Recording) -> None:
    video = handed_in(recording, film(), tries=MOST_TRIES)
    video.process()
    video.refresh_from_db()
    assert video.failure.startswith("Die Arbeit an diesem Film ist mehrmals abgebrochen.")


def test_what_is_taken_away_goes_with_its_files(recording: Recording) -> None:
    video = handed_in(recording, film())
    video.process()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.db.transaction.on_commit", lambda act, **_how: act())
        video.remove()
    assert [*files_in(video.folder), *files_in("sources")] == []


def test_at_night_replaced_films_and_leftovers_go(recording: Recording) -> None:
    first = recording.film
    second = show(recording, b"film", timedelta(seconds=3))
    signed = show(recording, b"film", timedelta(seconds=3), kind=Video.Kind.SIGNED)
    default_storage.save("recordings/verwaist/720/00000.m4s", ContentFile(b"x"))
    default_storage.save("recordings/plakat.webp", ContentFile(b"x"))
    Video.objects.tidy()
    assert set(recording.videos.all()) == {second, signed}
    assert first not in recording.videos.all()
    assert "recordings/verwaist" in folders_in("recordings")  # perhaps it is being written
    clear_strays("recordings", {second.folder, signed.folder}, timedelta(0))
    assert sorted(folders_in("recordings")) == sorted([second.folder, signed.folder])
    assert default_storage.exists("recordings/plakat.webp")


@pytest.mark.django_db(transaction=True)
def test_a_film_whose_worker_is_killed_is_made_by_another_and_nothing_half_made_is_seen(
    recording: Recording, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.TASKS = IN_THE_DATABASE
    video = handed_in(recording, film(seconds=40, size="640x360"))
    before = recording.film
    video.process_soon()

    def state() -> Video:
        return Video.objects.get(pk=video.pk)

    with working(DATABASE_URL=database_url()) as process:
        until(lambda: state().progress > 0, 60)
        children = subprocess.run(
            ["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=True
        ).stdout.split()
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=20)
    assert children
    until(lambda: not any(is_alive(int(child)) for child in children))  # ffmpeg ends, too
    assert (state().state, Recording.objects.get().film) == ("working", before)
    late = timezone.now() - timedelta(minutes=1)
    DBTaskResult.objects.running().update(started_at=late)
    worker.take_up()
    with working(DATABASE_URL=database_url()):
        until(lambda: state().is_ready, 90)
    assert (state().tries, Recording.objects.get().film) == (2, video)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2][:3]
