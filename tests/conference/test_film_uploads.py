"""Films on their way here: by the tus protocol, and by a plain form."""

from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from chat import clock
from conference import tus
from conference.models import Mail, Person, Recording, Speaker, Upload, Video
from conference.models import upload as uploads
from conference.signatures import is_film
from conference.storage import clear_folder, files_in
from tests.files import PDF, picture
from tests.films import film, small_video

PIECE = 1_000
CUT = "Der Upload ist unterwegs abgebrochen. Bitte versuchen Sie es noch einmal."


@pytest.fixture(autouse=True)
def _waits_for_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is made of films is another file's matter."""
    clear_folder("uploads")
    monkeypatch.setattr(Video, "process_soon", lambda video: None)


@pytest.fixture
def speaker(recording: Recording, aylin: Person) -> Person:
    """Aylin speaks in the recording."""
    recording.speakers.add(
        Speaker.objects.create(event=recording.event, name=aylin.name, person=aylin)
    )
    return aylin


def address(name: str, recording: Recording, *more: object) -> str:
    return reverse(name, args=[recording.event.slug, recording.slug, *more])


def begin(client: Client, recording: Recording, size: object, **headers: str) -> Any:
    told = b64encode("Grüße aus Köln.mp4".encode()).decode()
    return client.post(
        address("uploads", recording, "film"),
        content_type="application/octet-stream",
        headers={
            "Tus-Resumable": "1.0.0",
            "Upload-Length": str(size),
            "Upload-Metadata": f"filename {told}",
            **headers,
        },
    )


def ask(client: Client, path: str, method: str = "head", **options: Any) -> Any:
    headers = {"Tus-Resumable": "1.0.0"} | options.pop("headers", {})
    return getattr(client, method)(path, headers=headers, **options)


def send(client: Client, path: str, offset: object, piece: bytes, **options: Any) -> Any:
    options = {"content_type": tus.PIECE_TYPE} | options
    headers = {"Upload-Offset": str(offset)}
    return ask(client, path, "patch", data=piece, headers=headers, **options)


# -- doors


def test_only_who_edits_the_recording_hands_films_in(
    client: Client, recording: Recording, speaker: Person, katrin: Person, gerd: Person
) -> None:
    client.force_login(speaker)
    path = begin(client, recording, 9)["Location"]
    video = recording.film
    seen = {}
    for person in (None, gerd, katrin, speaker):
        client.logout()
        if person:
            client.force_login(person)
        seen[person and person.name] = [
            client.get(address("recording_edit", recording)).status_code,
            client.get(address("recording_film", recording, "film")).status_code,
            begin(client, recording, 9).status_code,
            ask(client, path).status_code,
            client.post(address("upload_end", recording, "easy")).status_code,
            client.post(address("recording_film_create", recording, "easy")).status_code,
            client.post(address("recording_film_delete", recording, video.pk + 9)).status_code,
        ]
    assert seen == {
        None: [302] * 7,
        gerd.name: [404] * 7,
        katrin.name: [200, 200, 201, 404, 302, 422, 404],  # not with somebody else's upload
        speaker.name: [200, 200, 201, 404, 302, 422, 404],  # the new one has replaced it
    }


# -- piece by piece


def test_a_film_comes_in_pieces_goes_on_where_it_stopped_and_waits_for_work(
    client: Client, recording: Recording, speaker: Person
) -> None:
    client.force_login(speaker)
    body = small_video()
    begun = begin(client, recording, len(body))
    path = begun["Location"]
    assert (begun.status_code, begun["Tus-Resumable"]) == (201, "1.0.0")
    assert begun.has_header("Upload-Expires")
    for offset in range(0, len(body), 30_000):
        answer = send(client, path, offset, body[offset : offset + 30_000])
        assert answer.status_code == 204
        asked = ask(client, path)
        assert (asked.status_code, asked["Cache-Control"]) == (200, "no-store")
        assert (asked["Upload-Offset"], asked["Upload-Length"]) == (
            str(min(offset + 30_000, len(body))),
            str(len(body)),
        )
    video = recording.videos.last()
    assert (video.filename, video.state, video.kind) == (
        "Grüße aus Köln.mp4",
        "waiting",
        "film",
    )
    assert ask(client, path)["Upload-Offset"] == str(len(body))  # for who has missed the end
    video.process()
    video.refresh_from_db()
    with video.source.open() as source:
        assert source.read() == body
    assert (video.state, [*files_in("uploads")]) == ("ready", [])


def test_the_same_piece_twice_and_pieces_out_of_turn_are_not_taken(
    client: Client, recording: Recording, speaker: Person
) -> None:
    client.force_login(speaker)
    body = small_video()[:PIECE]
    path = begin(client, recording, 2 * PIECE)["Location"]
    assert send(client, path, 0, body).status_code == 204
    for offset in (0, PIECE - 1, PIECE + 1):
        assert send(client, path, offset, body).status_code == 409
    assert send(client, path, PIECE, body + b"x").status_code == 413
    assert (ask(client, path)["Upload-Offset"], len([*files_in("uploads")])) == ("1000", 1)


def test_of_two_pieces_at_once_one_is_kept(recording: Recording, speaker: Person) -> None:
    first = Upload.begin(recording, "film", speaker, size=2 * PIECE, filename="")
    second = Upload.objects.get()
    first.take(0, small_video()[:PIECE])
    with pytest.raises(uploads.WrongOffset):
        second.take(0, small_video()[:PIECE])
    assert [*files_in("uploads")] == Upload.objects.get().pieces


def test_an_upload_ends_when_it_is_cancelled(
    client: Client, recording: Recording, speaker: Person
) -> None:
    client.force_login(speaker)
    for end in (
        lambda path: ask(client, path, "delete"),
        lambda path: client.post(address("upload_end", recording, "film")),
    ):
        path = begin(client, recording, 2 * PIECE)["Location"]
        send(client, path, 0, small_video()[:PIECE])
        end(path)
        assert (ask(client, path).status_code, [*files_in("uploads")]) == (404, [])


def test_what_nobody_goes_on_with_is_forgotten_at_night(
    recording: Recording, speaker: Person
) -> None:
    old, new = (
        Upload.begin(recording, kind, speaker, size=9, filename="") for kind in ("film", "easy")
    )
    old.touched_at = clock.now() - timedelta(days=3)
    old.save()
    Upload.objects.tidy()
    assert Upload.objects.get() == new


# -- refusals


@pytest.mark.parametrize(
    ("size", "status", "sentence"),
    [
        (0, 415, "Diese Datei ist leer."),
        (10**11, 413, "Dieser Film ist zu groß: Bitte exportieren Sie ihn mit höchstens 8 GB."),
        (
            "viel",
            400,
            "Der Upload ist unterwegs abgebrochen. Bitte versuchen Sie es noch einmal.",
        ),
    ],
)
def test_too_much_and_nothing_are_refused_beforehand(
    client: Client,
    recording: Recording,
    katrin: Person,
    size: object,
    status: int,
    sentence: str,
) -> None:
    client.force_login(katrin)
    answer = begin(client, recording, size)
    assert (answer.status_code, answer.text) == (status, sentence)
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert not Upload.objects.exists()


def test_a_full_disk_says_so_beforehand(
    client: Client, recording: Recording, katrin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(katrin)
    monkeypatch.setattr(uploads, "free_space", lambda: 2**30 + 99)
    assert begin(client, recording, 33).status_code == 201
    answer = begin(client, recording, 34)
    assert (answer.status_code, answer.text) == (
        507,
        "Auf dem Server ist gerade nicht genug Platz. Bitte schreiben Sie uns.",
    )
    monkeypatch.setattr(uploads, "free_space", lambda: None)  # an object store has room
    assert begin(client, recording, 34).status_code == 201


@pytest.mark.parametrize("body", [PDF, picture().read(), b"\0" * 99, b"MZ" + b"x" * 99])
def test_what_is_no_video_is_sent_back_with_its_first_piece(
    client: Client, recording: Recording, katrin: Person, body: bytes
) -> None:
    client.force_login(katrin)
    path = begin(client, recording, len(body))["Location"]
    answer = send(client, path, 0, body)
    assert (answer.status_code, answer.text) == (
        415,
        "Diese Datei ist kein Video. Bitte wählen Sie eines aus, am besten als MP4.",
    )
    assert [*files_in("uploads")] == []


def test_other_versions_types_and_lengths_of_pieces_are_refused(
    client: Client, recording: Recording, katrin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(katrin)
    path = begin(client, recording, 2 * PIECE)["Location"]
    old = client.head(path, headers={"Tus-Resumable": "0.2.2"})
    assert (old.status_code, old["Tus-Version"]) == (412, "1.0.0")
    assert send(client, path, 0, b"x", content_type="text/plain").status_code == 400
    assert send(client, path, "", b"x").status_code == 400
    monkeypatch.setattr("conference.views.uploads.PIECE", PIECE - 1)
    assert send(client, path, 0, small_video()[:PIECE]).status_code == 413
    assert client.get(path).status_code == 405


def test_who_begins_again_and_again_waits(
    client: Client, recording: Recording, katrin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(katrin)
    monkeypatch.setattr("conference.views.uploads.STARTS", 1)
    assert [begin(client, recording, 9).status_code for _ in range(2)] == [201, 429]


@given(st.text(alphabet="0123456789+-_ .xef²٣\n", max_size=20))
def test_a_number_is_digits_and_nothing_else(header: str) -> None:
    try:
        assert str(tus.number(header)).zfill(len(header)) == header
    except tus.BadHeader:
        assert not (header.isascii() and header.isdigit() and len(header) <= 15)


@given(st.text(max_size=80) | st.dictionaries(st.sampled_from("abc"), st.text(max_size=9)))
def test_metadata_gives_back_what_was_told_and_fails_over_nothing(told: Any) -> None:
    if isinstance(told, str):
        told_back = tus.metadata(told)
        assert all(tus.filename(value).isprintable() for value in told_back.values())
    else:
        pairs = [f"{key} {b64encode(value.encode()).decode()}" for key, value in told.items()]
        assert tus.metadata(",".join(pairs)) == told


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("C:\\Filme\\Grüße.mp4", "Grüße.mp4"),
        ("../../etc/passwd", "passwd"),
        ("a\x00b\nc.mp4", "abc.mp4"),
        ("x" * 300, "x" * 200),
        ("", ""),
    ],
)
def test_a_name_is_a_name(text: str, name: str) -> None:
    assert tus.filename(text) == name


def test_films_are_known_by_what_they_begin_with() -> None:
    films = [
        film(),
        film(name="film.mkv"),
        film(name="film.mov"),
        film(name="film.avi"),
        film(name="film.ts"),
        film(name="film.flv"),
        film("-f", "asf", name="film.wmv", video=("-c:v", "wmv2")),
        film(
            "-f",
            "mpeg",
            name="film.mpg",
            video=("-c:v", "mpeg1video", "-r", "25"),
            has_sound=False,
        ),
    ]
    assert [is_film(one[:4096]) for one in films] == [True] * len(films)
    sounds = [film(has_picture=False, name="ton.m4a"), b"RIFF\0\0\0\0WAVE", b"ID3\4", b"fLaC"]
    assert [is_film(one, with_sound=True) for one in sounds] == [True] * 4
    assert [is_film(one) for one in sounds[1:]] == [False] * 3
    assert not is_film(b"\0\0\0\x1cftypheic", with_sound=True)


# -- the page


def test_without_javascript_a_small_film_goes_in_by_a_form(
    client: Client, recording: Recording, speaker: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(speaker)
    path = address("recording_film_create", recording, "easy")
    assert "Bitte wählen Sie zuerst eine Datei aus." in client.post(path).text
    wrong = client.post(path, {"file": SimpleUploadedFile("film.mp4", PDF)})
    assert (wrong.status_code, "Diese Datei ist kein Video." in wrong.text) == (415, True)
    done = client.post(path, {"file": SimpleUploadedFile("Leicht.mp4", small_video())})
    assert done.status_code == 302
    video = recording.videos.get(kind="easy")
    assert (video.filename, video.state) == ("Leicht.mp4", "waiting")
    monkeypatch.setattr(uploads, "AT_ONCE", 2**20)
    large = client.post(path, {"file": SimpleUploadedFile("film.mp4", b"x" * 2**21)})
    assert "Ohne JavaScript darf ein Film höchstens 1 MB groß sein." in large.text


def test_the_page_tells_how_far_each_film_is(
    client: Client, recording: Recording, speaker: Person
) -> None:
    client.force_login(speaker)
    path, part = (
        address("recording_edit", recording),
        address("recording_film", recording, "film"),
    )

    def states() -> list[str]:
        shelves = client.get(path).context["shelves"]
        return [
            (one.coming or one.ready).state if one.coming or one.ready else ""
            for one in shelves
        ]

    assert states() == ["ready", "", "", ""]
    upload = Upload.begin(recording, "film", speaker, size=2 * PIECE, filename="Neu.mp4")
    upload.take(0, small_video()[:PIECE])
    assert "„Neu.mp4“ ist zu 50 % angekommen." in client.get(path).text
    upload.take(PIECE, b"x" * PIECE)
    assert states()[0] == "waiting"
    assert 'hx-trigger="every 2s"' in client.get(part).text
    Video.objects.filter(ready_at=None).update(started_at=timezone.now(), progress=43)
    moved = client.get(part, {"state": "waiting"})
    assert (moved["HX-Retarget"], "zu 43 % fertig" in moved.text) == ("#film-film", True)
    same = client.get(part, {"state": "working"})
    assert ("HX-Retarget" in same, "zu 43 % fertig" in same.text) == (False, True)
    Video.objects.filter(ready_at=None).update(failed_at=timezone.now(), failure="Kaputt.")
    failed = client.get(part, {"state": "working"})
    assert ("Kaputt." in failed.text, "every 2s" in failed.text) == (True, False)
    assert recording.film in recording.videos.all()  # it is shown as before


def test_a_newer_film_takes_the_place_of_those_that_are_not_ready(
    recording: Recording, speaker: Person
) -> None:
    ready = recording.film
    for _time in range(2):
        upload = Upload.begin(recording, "film", speaker, size=PIECE, filename="")
        upload.take(0, small_video()[:PIECE])
    assert list(recording.videos.all()) == [ready, upload.video]


def test_a_film_is_removed_for_good(
    client: Client, recording: Recording, katrin: Person
) -> None:
    client.force_login(katrin)
    path = address("recording_film_delete", recording, recording.film.pk)
    assert client.post(path, follow=True).status_code == 200
    assert Recording.objects.get().film is None
    assert client.post(path).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_as_often_for_one_film_as_for_three(
    client: Client,
    recording: Recording,
    katrin: Person,
    count: int,
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    for _number in range(1, count):
        recording.videos.create(uploaded_at=timezone.now())
    client.force_login(katrin)
    with django_assert_num_queries(12):
        client.get(address("recording_edit", recording))


def test_speakers_are_invited_to_where_they_hand_in_and_find_it_from_the_recording(
    client: Client, recording: Recording, speaker: Person, gerd: Person, katrin: Person
) -> None:
    recording.speakers.create(event=recording.event, name="Ohne Konto")
    client.force_login(katrin)
    client.post(
        reverse("admin:conference_recording_changelist"),
        {"action": "invite_speakers", "_selected_action": [recording.pk]},
    )
    mail = Mail.objects.get()
    path = address("recording_edit", recording)
    assert (mail.person, mail.next_path) == (speaker, path)
    for person, finds in [(speaker, True), (katrin, True), (gerd, False)]:
        client.force_login(person)
        assert (path in client.get(recording.get_absolute_url()).text) == finds
