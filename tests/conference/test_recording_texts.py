from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from conference.models import Person, Recording, Speaker, TextTrack

BODY = "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\n<v Petra>Guten Morgen\n"
LATER = "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nGuten Abend\n"
WRONG = "WEBVTT\n\n00:01 --> 00:02\nHallo"


def address(recording: Recording, name: str = "recording_text", *more: str) -> str:
    more = more or (() if name == "recording_edit" else ("captions", "de"))
    return reverse(name, args=[recording.event.slug, recording.slug, *more])


@pytest.fixture
def track(recording: Recording, katrin: Person) -> TextTrack:
    return recording.tracks.create(language="de", body=BODY, changed_by=katrin)


@pytest.fixture
def speaker(recording: Recording, aylin: Person) -> Person:
    """Aylin, who speaks in it."""
    row = Speaker.objects.create(event=recording.event, person=aylin, name=aylin.name)
    recording.speakers.add(row)
    return aylin


def post(client: Client, recording: Recording, body: str, version: int, **more: Any) -> Any:
    data = {"body": body.replace("\n", "\r\n"), "version": version, "is_checked": "on"}
    return client.post(address(recording), data | more)


# -- doors


@pytest.mark.parametrize("name", ["recording_edit", "recording_text", "recording_text_upload"])
def test_organisers_and_its_speakers_edit_a_recording_and_nobody_else(
    client: Client,
    recording: Recording,
    katrin: Person,
    speaker: Person,
    gerd: Person,
    name: str,
) -> None:
    more = ["captions"] if name == "recording_text_upload" else []
    path = address(recording, name, *more)
    for person, status in [(None, 302), (gerd, 404), (speaker, 200), (katrin, 200)]:
        if person:
            client.force_login(person)
        assert client.get(path).status_code == status


def test_only_who_edits_it_saves_and_deletes(
    client: Client, track: TextTrack, gerd: Person, speaker: Person
) -> None:
    recording = track.recording
    client.force_login(gerd)
    assert post(client, recording, LATER, 1).status_code == 404
    assert client.post(address(recording, "recording_text_delete")).status_code == 404
    track.refresh_from_db()
    assert track.body == BODY
    client.force_login(speaker)
    assert post(client, recording, LATER, 1).status_code == 302
    assert client.get(address(recording, "recording_text_delete")).status_code == 405
    assert client.post(address(recording, "recording_text_delete")).status_code == 302
    assert not TextTrack.objects.exists()


def test_who_edits_a_recording_sees_it_before_it_opens(
    client: Client, recording: Recording, speaker: Person, gerd: Person
) -> None:
    Recording.objects.update(available_from=recording.available_from + timedelta(days=9))
    for person, status in [(speaker, 200), (gerd, 403)]:
        client.force_login(person)
        assert client.get(recording.get_absolute_url()).status_code == status


def test_other_languages_than_ours_are_not_found(
    client: Client, recording: Recording, katrin: Person
) -> None:
    client.force_login(katrin)
    path = address(recording, "recording_text", "captions", "xx")
    assert [client.get(path).status_code, client.post(path).status_code] == [404, 404]


# -- saving


def test_what_was_written_is_saved_with_its_author(
    client: Client, recording: Recording, katrin: Person
) -> None:
    client.force_login(katrin)
    response = post(client, recording, BODY, 0)
    assert (response.status_code, response["Location"]) == (302, address(recording))
    track = recording.tracks.get()
    assert (track.body, track.version, track.changed_by) == (BODY, 1, katrin)
    assert "1 Text ist gespeichert." in client.get(address(recording)).text


def test_a_mistake_is_told_with_its_line_and_nothing_typed_is_lost(
    client: Client, track: TextTrack, katrin: Person
) -> None:
    client.force_login(katrin)
    response = post(client, track.recording, WRONG, 1)
    assert response.status_code == 422
    assert response.context["form"].errors["body"] == [
        "Zeile 3: Hier werden Zeiten erwartet, zum Beispiel 00:01.000 --> 00:04.000."
    ]
    assert response.context["line"] == 3
    assert "00:01 --&gt; 00:02\nHallo" in response.text.replace("\r\n", "\n")
    track.refresh_from_db()
    assert track.body == BODY


def test_two_who_edit_do_not_overwrite_each_other(
    client: Client, track: TextTrack, katrin: Person, speaker: Person
) -> None:
    client.force_login(katrin)
    assert post(client, track.recording, BODY, 1).status_code == 302
    client.force_login(speaker)
    response = post(client, track.recording, LATER, 1)
    assert response.status_code == 409
    assert "Katrin Vogt hat diesen Text um" in str(response.context["refusal"])
    assert "Guten Abend" in response.text
    assert 'name="version" value="2"' in response.text
    assert "Durch meinen Text ersetzen" in response.text
    assert post(client, track.recording, LATER, 2).status_code == 302
    track.refresh_from_db()
    assert (track.body, track.version, track.changed_by) == (LATER, 3, speaker)


def test_a_text_that_was_deleted_meanwhile_is_not_lost_either(
    client: Client, track: TextTrack, katrin: Person
) -> None:
    client.force_login(katrin)
    track.delete()
    response = post(client, track.recording, LATER, 1)
    assert response.status_code == 409
    assert 'name="version" value="0"' in response.text
    assert post(client, track.recording, LATER, 0).status_code == 302


def test_texts_that_overlap_are_saved_and_told(
    client: Client, recording: Recording, katrin: Person
) -> None:
    client.force_login(katrin)
    post(client, recording, f"{BODY}\n00:01.000 --> 00:02.000\nB\n", 0)
    assert (
        "Bei 0:01 überschneiden sich zwei Texte; sie stehen dann übereinander."
        in client.get(address(recording)).text
    )
    assert len(recording.cues) == 2


# -- files


def upload(client: Client, recording: Recording, content: bytes, name: str = "text.srt") -> Any:
    path = address(recording, "recording_text_upload", "captions")
    return client.post(path, {"language": "de", "file": ContentFile(content, name)})


def test_srt_in_the_encoding_of_windows_is_taken(
    client: Client, recording: Recording, katrin: Person
) -> None:
    client.force_login(katrin)
    srt = "1\r\n00:00:01,000 --> 00:00:02,000\r\nGrüße\r\n".encode("cp1252")
    assert upload(client, recording, srt).status_code == 302
    assert recording.tracks.get().body == "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nGrüße\n"
    assert "nicht in UTF-8 gespeichert" in client.get(address(recording)).text


def test_a_file_with_a_mistake_opens_where_it_can_be_mended(
    client: Client, recording: Recording, katrin: Person
) -> None:
    client.force_login(katrin)
    response = upload(client, recording, WRONG.encode(), "text.vtt")
    assert (response.status_code, response.context["line"]) == (422, 3)
    assert f'action="{address(recording)}"' in response.text
    assert "Hallo" in response.text
    assert not recording.tracks.exists()


def test_a_file_does_not_silently_replace_what_is_there(
    client: Client, track: TextTrack, katrin: Person
) -> None:
    client.force_login(katrin)
    response = upload(client, track.recording, LATER.encode())
    assert response.status_code == 409
    assert "Guten Abend" in response.text
    track.refresh_from_db()
    assert track.body == BODY


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Diese Datei ist leer."),
        (b"\x00\x01\x9d", "Dies ist kein Text, den wir lesen können."),
        (b"x" * (2**20 + 1), "Ein Text mit Zeiten darf höchstens 1 MB groß sein."),
    ],
)
def test_what_is_no_text_is_refused(
    client: Client, recording: Recording, katrin: Person, content: bytes, sentence: str
) -> None:
    client.force_login(katrin)
    response = upload(client, recording, content)
    assert response.status_code == 422
    assert sentence in response.text


# -- what attendees see


def test_a_transcript_is_handed_out_like_the_recording(
    client: Client, track: TextTrack, gerd: Person, olga: Person
) -> None:
    track.body = BODY + "\n00:02.000 --> 00:03.000\nund willkommen.\n"
    track.body += "\n00:04.000 --> 00:05.000\n<v Gerd>Danke.\n"
    track.save()
    path = address(track.recording, "recording_transcript", "de")
    client.force_login(olga)
    assert client.get(path).status_code == 403
    client.force_login(gerd)
    response = client.get(path)
    assert response.text == (
        "Rückblick im Gespräch\n\nPetra: Guten Morgen und willkommen.\n\nGerd: Danke.\n"
    )
    assert response["Content-Disposition"] == 'attachment; filename="dialog.de.txt"'


def test_nobody_sees_what_a_machine_wrote_before_somebody_has_checked_it(
    client: Client, track: TextTrack, gerd: Person, katrin: Person
) -> None:
    recording = track.recording
    TextTrack.objects.update(drafted_at=track.changed_at)
    client.force_login(gerd)
    paths = [
        address(recording, name, "de")
        for name in ("recording_captions", "recording_transcript")
    ]
    assert [client.get(path).status_code for path in paths] == [404, 404]
    assert "Guten Morgen" not in client.get(recording.get_absolute_url()).text
    client.force_login(katrin)
    assert "Diesen Text hat eine Maschine geschrieben." in client.get(address(recording)).text
    post(client, recording, LATER, 1, is_checked="")
    assert recording.tracks.get().is_draft
    post(client, recording, LATER, 2)
    client.force_login(gerd)
    assert [client.get(path).status_code for path in paths] == [200, 200]


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_to_edit_asks_as_often_for_many_texts(
    client: Client,
    recording: Recording,
    katrin: Person,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    pairs = [("captions", "de"), ("captions", "en"), ("chapters", "de")][:count]
    for kind, language in pairs:
        recording.tracks.create(kind=kind, language=language, body=BODY, changed_by=katrin)
    client.force_login(katrin)
    client.get(address(recording, "recording_edit"))
    with django_assert_num_queries(13):
        client.get(address(recording, "recording_edit"))
