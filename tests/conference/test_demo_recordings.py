import itertools
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command

from conference import vtt
from conference.demo.handout import handout
from conference.management.commands import demo_recordings
from conference.management.commands.demo_recordings import Data, film_of, recordings
from conference.models import Event, Recording, Session, Speaker, Video

BERLIN = ZoneInfo("Europe/Berlin")
SHORT = {
    "slug": "gruss",
    "title": "Gruß",
    "session": "grusswort",
    "speakers": ["Ada Beispiel"],
    "opens": "session",
    "description": "Ein Gruß.",
    "points": ["Hallo", "Ade"],
    "sections": [
        {"title": "Anfang", "texts": ["Ada Beispiel: Hallo.", "Zum Beispiel: so."]},
        {"title": "Ende", "texts": ["Auf Wiedersehen."]},
    ],
    "materials": [{"title": "Blatt"}, {"title": "Seite", "url": "https://example.org/"}],
}


@pytest.fixture
def reference(db: None) -> Event:
    event = Event.objects.create(
        slug="fachtag-quartier-2020",
        title="Fachtag",
        starts_at=datetime(2026, 7, 15, 9, tzinfo=BERLIN),
        ends_at=datetime(2026, 7, 17, 15, tzinfo=BERLIN),
    )
    Speaker.objects.create(event=event, name="Ada Beispiel", office="Büro")
    Session.objects.create(
        event=event,
        slug="grusswort",
        kind=Session.Kind.GREETING,
        title="Grußwort",
        starts_at=event.at(2, 9, 30),
        ends_at=event.at(2, 9, 45),
    )
    return event


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_recordings, "recordings", lambda: [SHORT])


def test_recordings_are_made_once(reference: Event, short: None) -> None:
    call_command("demo_recordings")
    recording = Recording.objects.get()
    before = recording.film
    call_command("demo_recordings")
    recording = Recording.objects.get()
    assert (recording.film, recording.event) == (before, reference)
    assert recording.available_from == reference.at(2, 9, 45)
    assert [one.name for one in recording.speakers.all()] == ["Ada Beispiel"]
    assert [(cue.voice, cue.text) for cue in recording.cues] == [
        ("Ada Beispiel", "Hallo."),
        ("", "Zum Beispiel: so."),
        ("", "Auf Wiedersehen."),
    ]
    assert [part.text for part in recording.parts] == ["Anfang", "Ende"]
    film = recording.film
    assert film.duration == recording.duration
    assert film.file("film.mp4").size > 1000
    assert [one.kind for one in recording.materials.all()] == ["PDF", ""]


def test_one_shows_all_that_a_recording_can_have_and_one_is_being_worked_on(
    reference: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    easy = {"title": "Leicht", "points": ["So"], "sections": [SHORT["sections"][1]]}
    complete = SHORT | {"is_complete": True, "easy": easy}
    coming = SHORT | {"slug": "ade", "comes_signed": True}
    monkeypatch.setattr(demo_recordings, "recordings", lambda: [complete, coming])
    call_command("demo_recordings")
    shown, other = Recording.objects.order_by("pk")
    versions = {kind: shown.video_of(kind) for kind in Video.Kind}
    names = [one["name"] for one in versions["film"].renditions]
    assert names == ["720", "480", "360", "sound"]
    assert versions["signed"].duration == shown.film.duration
    assert versions["signed"].file("film.mp4").size > 1000
    assert versions["described"].file("sound.m4a").size > 1000
    assert versions["easy"].seconds < shown.film.seconds
    assert [(one.kind, one.state) for one in other.videos.all()] == [
        ("film", "ready"),
        ("signed", "waiting"),
    ]


def test_without_the_event_nothing_is_made(db: None, short: None) -> None:
    call_command("demo_recordings")
    assert not Recording.objects.exists()


@pytest.mark.parametrize("fields", recordings(), ids=lambda fields: fields["slug"])
def test_each_talk_has_texts_for_a_minute_or_two(reference: Event, fields: Data) -> None:
    film = film_of(reference, 0, fields)
    cues, parts = vtt.parse(film.captions.encode()), vtt.parse(film.chapters.encode())
    assert 10 <= len(cues) <= 30
    assert 60 <= film.starts[-1] <= 150
    assert [part.text for part in parts] == [one["title"] for one in fields["sections"]]
    assert (parts[0].start, parts[-1].end) == (0, film.starts[-1])
    assert all(before.end < after.start for before, after in itertools.pairwise(cues))


def test_every_forum_has_its_impulse_talk() -> None:
    numbers = [fields["forum"] for fields in recordings() if "forum" in fields]
    assert numbers == [1, 2, 3, 4, 5, 6]


def test_a_handout_is_a_pdf_with_its_table_in_place() -> None:
    file = handout("Über (Brücken)", ["Erstens: ä" * 30, "Zweitens"])
    start = int(file.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    assert file[start : start + 4] == b"xref"
    for number, row in enumerate(file[start:].split(b"\n")[3:10], 1):
        assert file[int(row[:10]) :].startswith(b"%d 0 obj" % number)
