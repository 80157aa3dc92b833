"""The demonstration's recordings, from ``conference/demo/recordings.toml``; made once."""

import tomllib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand
from django.db import transaction

from chat import clock
from conference.demo.film import Film, Section
from conference.demo.handout import handout
from conference.management.commands.demo import REFERENCE
from conference.management.commands.demo_data import TEXTS, moment_after
from conference.models import Consent, Event, Premiere, Recording, RecordingMaterial, Video
from conference.models.video import new_folder, new_source

Data = dict[str, Any]
Kind = Video.Kind


class Command(BaseCommand):
    help = "Makes the reference event's recordings with ffmpeg, once; again is fine."

    def handle(self, *args: Any, **options: Any) -> None:
        event = Event.objects.filter(slug=REFERENCE).first()
        if event is None:
            return
        known = set(event.recordings.values_list("slug", flat=True))
        missing = [fields for fields in recordings() if fields["slug"] not in known]
        films = [film_of(event, number, fields) for number, fields in enumerate(missing)]
        with ThreadPoolExecutor(2) as pool:
            videos = pool.map(Film.video, films)
            for fields, film, video in zip(missing, films, videos, strict=True):
                recording = load(event, fields, film, video)
                if fields.get("premiere") or fields.get("is_complete"):
                    hand_in(recording, Kind.FILM, video).process()
                if fields.get("is_complete"):
                    complete(recording, film, fields["easy"])
                if fields.get("comes_signed"):
                    hand_in(recording, Kind.SIGNED, film.signed()).process_soon()


def recordings() -> list[Data]:
    return tomllib.loads((TEXTS / "recordings.toml").read_text())["recordings"]


def film_of(event: Event, number: int, fields: Data) -> Film:
    session = event.sessions.filter(slug=fields["session"]).first()
    label = f"Forum {fields['forum']}" if "forum" in fields else event.title
    if session and "forum" not in fields:
        label = session.get_kind_display()
    offices = dict(event.speakers.values_list("name", "office"))
    by = [", ".join(filter(None, [name, offices.get(name)])) for name in fields["speakers"]]
    sections = [
        Section(section["title"], point, [spoken(text, fields) for text in section["texts"]])
        for section, point in zip(fields["sections"], fields["points"], strict=True)
    ]
    return Film(number, label, fields["title"].removeprefix("Impuls: "), by, sections)


def complete(recording: Recording, film: Film, easy: Data) -> None:
    """With sign language, audio description, and a version in easy language."""
    show(recording, film.signed(), film.length, Kind.SIGNED)
    hand_in(recording, Kind.DESCRIBED, film.described()).process()
    sections = [
        Section(section["title"], point, [("", text) for text in section["texts"]])
        for section, point in zip(easy["sections"], easy["points"], strict=True)
    ]
    version = Film(film.number, film.label, easy["title"], [], sections)
    show(recording, version.video(), version.length, Kind.EASY)


def spoken(text: str, fields: Data) -> tuple[str, str]:
    """Who says it, and what: ``Name: text``."""
    name, colon, rest = text.partition(": ")
    return (name, rest) if colon and name in fields["speakers"] else ("", text)


@transaction.atomic
def load(event: Event, fields: Data, film: Film, video: bytes) -> Recording:
    slug = fields["slug"]
    session = event.sessions.filter(slug=fields["session"]).first()
    opens = fields["opens"]
    if opens == "session":
        opens_at = session.ends_at if session else event.starts_at
    else:
        opens_at = moment_after(event.at(1, 0), opens)
    recording = Recording(
        event=event,
        session=session,
        forum=event.forums.filter(number=fields.get("forum", 0)).first(),
        slug=slug,
        title=fields["title"],
        description=fields["description"].strip(),
        available_from=opens_at,
        duration=film.length,
    )
    recording.poster.save(f"{slug}.webp", ContentFile(film.poster()), save=False)
    recording.save()
    show(recording, video, film.length)
    for kind, body in [("captions", film.captions), ("chapters", film.chapters)]:
        recording.tracks.create(kind=kind, language=event.language, body=body)
    recording.speakers.set(event.speakers.filter(name__in=fields["speakers"]))
    consent(recording, event)
    if session and fields.get("premiere"):
        Premiere.objects.create(session=session, recording=recording)
    for position, material in enumerate(fields["materials"]):
        add(recording, position, **material)
    return recording


def consent(recording: Recording, event: Event) -> None:
    """Of all but those of the last forum, so that something is still to be done."""
    if recording.forum == event.forums.last():
        return
    first = event.starts_at.date()
    for speaker in recording.speakers.all():
        given_on, ends_on = first - timedelta(days=20), first + timedelta(days=730)
        Consent.give(recording, speaker, given_on=given_on, ends_on=ends_on)


def show(
    recording: Recording, film: bytes, duration: timedelta, kind: str = Kind.FILM
) -> Video:
    """Ready at once: it plays everywhere, so that nothing has to be made of it."""
    folder = new_folder()
    default_storage.save(f"{folder}/film.mp4", ContentFile(film))
    now = clock.now()
    return recording.videos.create(
        kind=kind,
        uploaded_at=now,
        ready_at=now,
        progress=100,
        folder=folder,
        duration=duration,
    )


def hand_in(recording: Recording, kind: str, file: bytes) -> Video:
    """As somebody would, to be worked on: into segments, which takes some seconds."""
    return recording.videos.create(
        kind=kind,
        source=ContentFile(file, new_source()),
        filename=f"{recording.slug}-{kind}.mp4",
        uploaded_at=clock.now(),
    )


def add(recording: Recording, position: int, *, title: str, url: str = "") -> None:
    material = RecordingMaterial(recording=recording, position=position, title=title, url=url)
    if not url:
        lines = [cue.text for cue in recording.cues]
        material.file.save(
            f"{recording.slug}.pdf", ContentFile(handout(title, lines)), save=False
        )
    material.save()
