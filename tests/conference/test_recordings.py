from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from conference.models import (
    Event,
    Forum,
    ForumMaterial,
    Person,
    Recording,
    RecordingMaterial,
    Session,
    Video,
    WatchPosition,
)
from conference.models.event import NotRegistered
from conference.models.recording import NotOpenYet

VTT = (
    b"WEBVTT\n\n00:00.000 --> 00:01.500\n<v Ada>Guten Morgen\n\n00:01.500 --> 00:03.000\nDanke"
)


def address(name: str, recording: Recording, *more: object) -> str:
    return reverse(name, args=[recording.event.slug, recording.slug, *more])


@pytest.fixture
def rich(recording: Recording) -> Recording:
    """The recording, with captions, chapters and a material."""
    for kind in ("captions", "chapters"):
        recording.tracks.create(kind=kind, language="de", body=VTT.decode())
    material = RecordingMaterial(recording=recording, title="Übersicht")
    material.file.save("Übersicht.pdf", ContentFile(b"%PDF-1.7"))
    return recording


# -- doors


@pytest.mark.parametrize(
    ("opens", "public", "may"),
    [
        (-1, None, {"aylin", "katrin"}),
        (1, None, {"katrin"}),
        (1, -1, {"aylin", "katrin", "olga", "stranger"}),
        (-1, 1, {"aylin", "katrin"}),
    ],
)
def test_who_may_watch_gets_the_files_and_nobody_else(
    client: Client,
    rich: Recording,
    now: datetime,
    aylin: Person,
    olga: Person,
    katrin: Person,
    opens: int,
    public: int | None,
    may: set[str],
) -> None:
    rich.available_from = now + timedelta(hours=opens)
    rich.public_from = now + timedelta(hours=public) if public else None
    rich.save()
    files = [
        address("recording_video", rich),
        address("recording_part", rich, rich.film.pk, "film.mp4"),
        *(address(f"recording_{name}", rich, "de") for name in ["captions", "chapters"]),
        address("recording_material", rich, rich.materials.get().pk),
    ]
    people = {"aylin": aylin, "olga": olga, "katrin": katrin, "stranger": None}
    seen = {}
    for name, person in people.items():
        client.logout()
        if person:
            client.force_login(person)
        answers = [client.get(path).status_code for path in [rich.get_absolute_url(), *files]]
        listed = Recording.objects.visible_to(person or AnonymousUser()).exists()
        seen[name] = (set(answers), listed)
    assert seen == {name: ({200}, True) if name in may else ({403}, False) for name in people}


def test_who_may_not_watch_sees_why_and_what_to_do(
    client: Client, rich: Recording, now: datetime, aylin: Person, olga: Person
) -> None:
    response = client.get(rich.get_absolute_url())
    assert type(response.context["refusal"]) is NotRegistered
    assert f"{reverse('login')}?next={rich.get_absolute_url()}" in response.text
    client.force_login(olga)
    response = client.get(rich.get_absolute_url())
    assert reverse("register", args=[rich.event.slug]) in response.text
    rich.available_from = now + timedelta(hours=1)
    rich.save()
    client.force_login(aylin)
    response = client.get(rich.get_absolute_url())
    assert type(response.context["refusal"]) is NotOpenYet
    assert "Diese Aufzeichnung ist noch nicht geöffnet." in response.text
    assert address("recording_video", rich) not in response.text
    assert "Guten Morgen" not in response.text


def test_a_waiting_page_learns_that_the_recording_is_open(
    client: Client, recording: Recording, now: datetime, aylin: Person
) -> None:
    client.force_login(aylin)
    ask = {"HX-Request": "true"}
    path = recording.get_absolute_url()
    Recording.objects.update(available_from=now + timedelta(hours=1))
    assert "HX-Refresh" not in client.get(path, headers=ask).headers
    Recording.objects.update(available_from=now)
    assert client.get(path, headers=ask).headers["HX-Refresh"] == "true"


def test_unknown_recordings_and_hidden_events_are_not_found(
    client: Client, rich: Recording, aylin: Person
) -> None:
    client.force_login(aylin)
    for name in ["recording", "recording_video"]:
        assert client.get(reverse(name, args=[rich.event.slug, "nirgends"])).status_code == 404
    rich.event.published_at = None
    rich.event.save()
    for name in ["recording", "recording_video"]:
        assert client.get(address(name, rich)).status_code == 404


def test_files_that_a_recording_does_not_have_are_not_found(
    client: Client, recording: Recording, aylin: Person
) -> None:
    client.force_login(aylin)
    for name in ["recording_captions", "recording_chapters"]:
        assert client.get(address(name, recording, "de")).status_code == 404
    assert client.get(address("recording_material", recording, 1)).status_code == 404
    link = RecordingMaterial.objects.create(
        recording=recording, title="Link", url="https://example.org/"
    )
    assert client.get(address("recording_material", recording, link.pk)).status_code == 404


def test_parts_of_a_film_are_those_that_are_ready_and_its_own(
    client: Client, recording: Recording, aylin: Person
) -> None:
    client.force_login(aylin)
    film = recording.film
    described = recording.videos.create(kind="described", uploaded_at=film.uploaded_at)
    for pk, name in [(film.pk, "sprite.webp"), (described.pk, "sound.m4a"), (0, "film.mp4")]:
        assert client.get(address("recording_part", recording, pk, name)).status_code == 404
    path = address("recording_part", recording, film.pk, "film.mp4")
    assert client.get(path.replace("film.mp4", "00000.m4s")).status_code == 404


def test_the_version_in_easy_language_comes_without_what_fits_the_film(
    client: Client, rich: Recording, aylin: Person
) -> None:
    client.force_login(aylin)
    path = rich.get_absolute_url()
    assert client.get(path, {"fassung": "leicht"}).context["film"] == rich.film
    film = rich.film
    easy = rich.videos.create(
        kind="easy", folder=film.folder, uploaded_at=film.uploaded_at, ready_at=film.ready_at
    )
    assert f"{path}?fassung=leicht" in client.get(path).text
    response = client.get(path, {"fassung": "leicht"})
    assert response.context["film"] == easy
    assert [tag in response.text for tag in ["<track", "<video-resume", "Guten Morgen"]] == [
        False
    ] * 3


def test_files_go_out_with_their_types_and_are_asked_for_anew(
    client: Client, rich: Recording, aylin: Person
) -> None:
    client.force_login(aylin)
    video = client.get(address("recording_video", rich), headers={"Range": "bytes=4-7"})
    assert (video.status_code, video.content) == (206, b"ftyp")
    assert video["Content-Type"] == "video/mp4"
    assert sorted(video["Cache-Control"].split(", ")) == ["no-cache", "private"]
    captions = client.get(address("recording_captions", rich, "de"))
    assert (captions["Content-Type"], captions.content) == ("text/vtt; charset=utf-8", VTT)
    assert sorted(captions["Cache-Control"].split(", ")) == ["no-cache", "private"]
    material = client.get(address("recording_material", rich, rich.materials.get().pk))
    assert material["Content-Disposition"] == 'attachment; filename="ubersicht.pdf"'


def test_materials_of_forums_are_for_all_who_see_the_forum(
    client: Client, forum: Forum, katrin: Person
) -> None:
    material = ForumMaterial(forum=forum, title="Checkliste")
    material.file.save("checkliste.pdf", ContentFile(b"%PDF-1.7"))
    path = reverse("forum_material", args=[forum.event.slug, forum.number, material.pk])
    assert path in client.get(forum.get_absolute_url()).text
    assert client.get(path).content == b"%PDF-1.7"
    assert client.get(path.replace("/1/", "/2/", 1)).status_code == 404
    Event.objects.update(published_at=None)
    assert client.get(path).status_code == 404
    client.force_login(katrin)
    assert client.get(path).status_code == 200


# -- pages


def test_the_page_holds_transcript_and_chapters(
    client: Client, rich: Recording, aylin: Person
) -> None:
    client.force_login(aylin)
    response = client.get(rich.get_absolute_url())
    [text] = response.context["transcripts"]
    assert [cue.text for cue in text.cues] == ["Guten Morgen", "Danke"]
    assert (
        f'href="{address("recording_part", rich, rich.film.pk, "film.mp4")}#t=1.5"'
        in response.text
    )
    assert "<b>Ada:</b> Guten Morgen" in response.text


@pytest.mark.parametrize("kind", ["captions", "chapters"])
def test_a_text_that_cannot_be_read_leaves_the_video(
    client: Client, rich: Recording, aylin: Person, kind: str
) -> None:
    client.force_login(aylin)
    rich.tracks.filter(kind=kind).update(body="kaputt")
    assert client.get(rich.get_absolute_url()).status_code == 200


def test_texts_come_in_the_language_of_the_page_else_of_the_event(rich: Recording) -> None:
    rich.tracks.create(
        kind="captions", language="en", body=VTT.decode().replace("Danke", "Bye")
    )
    said = {}
    for language in ("de", "en"):
        with translation.override(language):
            said[language] = (rich.cues[1].text, rich.parts[1].text)
    assert said == {"de": ("Danke", "Danke"), "en": ("Bye", "Danke")}


def test_the_newest_film_that_is_ready_is_shown(
    client: Client, recording: Recording, aylin: Person, now: datetime
) -> None:
    client.force_login(aylin)
    first = recording.film
    later = recording.videos.create(uploaded_at=now)
    assert Recording.objects.get().film == first
    later.ready_at, later.folder = now, "recordings/2"
    later.save()
    assert Recording.objects.get().film == later
    recording.videos.update(kind=Video.Kind.SIGNED)
    page = client.get(recording.get_absolute_url())
    assert "Das Video wird noch vorbereitet." in page.text
    assert client.get(address("recording_video", recording)).status_code == 404


def test_who_runs_the_event_or_speaks_edits_a_recording(
    recording: Recording, aylin: Person, gerd: Person, katrin: Person
) -> None:
    recording.speakers.create(event=recording.event, name="Gerd Hoffmann", person=gerd)
    recording.speakers.create(event=recording.event, name="Ohne Konto")
    people = [katrin, gerd, aylin, AnonymousUser()]
    assert [recording.is_edited_by(one) for one in people] == [True, True, False, False]


def test_recordings_stand_in_the_order_of_the_event(
    client: Client, event: Event, forum: Forum, round_one: Session, now: datetime
) -> None:
    for slug, fields in [
        ("mehr", {}),
        ("impuls", {"forum": forum, "session": None}),
        ("grusswort", {"session": round_one}),
    ]:
        Recording.objects.create(
            event=event, slug=slug, title=slug, available_from=now, **fields
        )
    groups = client.get(reverse("recordings", args=[event.slug])).context["groups"]
    assert [
        (str(group["title"]), [one.slug for one in group["recordings"]]) for group in groups
    ] == [
        ("", ["grusswort"]),
        ("Impulsvorträge der Foren", ["impuls"]),
        ("Weitere Aufzeichnungen", ["mehr"]),
    ]


def test_the_list_says_what_is_open_and_how_far_one_is(
    client: Client, recording: Recording, now: datetime, aylin: Person, olga: Person
) -> None:
    path = reverse("recordings", args=[recording.event.slug])

    def page(person: Person | None) -> str:
        if person:
            client.force_login(person)
        return client.get(path).text

    assert "Für angemeldete Personen" in page(None)
    assert "Für angemeldete Personen" in page(olga)
    assert "Für angemeldete Personen" not in page(aylin)
    assert "<progress" not in page(aylin)
    recording.stopped_by(aylin, 1.5)
    assert 'value="1.5"' in page(aylin)
    assert "Weiter bei 0:01" in page(aylin)
    recording.stopped_by(aylin, 3)
    assert "Angesehen" in page(aylin)
    Recording.objects.update(available_from=now + timedelta(hours=1))
    assert "Öffnet am " in page(aylin)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_as_often_for_one_as_for_three(
    client: Client,
    recording: Recording,
    forum: Forum,
    aylin: Person,
    count: int,
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    for number in range(1, count):
        Recording.objects.create(
            event=recording.event,
            forum=forum,
            slug=f"r{number}",
            title="x",
            available_from=recording.available_from,
        )
    for one in Recording.objects.all():
        one.stopped_by(aylin, 1)
    client.force_login(aylin)
    with django_assert_num_queries(13):
        client.get(reverse("recordings", args=[recording.event.slug]))


# -- where people stop


def keep(client: Client, recording: Recording, seconds: object) -> int:
    return client.post(address("watch_position", recording), {"seconds": seconds}).status_code


def test_where_one_stops_is_kept_once_per_person(
    client: Client, recording: Recording, aylin: Person, gerd: Person
) -> None:
    for person, seconds in [(aylin, 1), (aylin, 2), (gerd, 1.5)]:
        client.force_login(person)
        assert keep(client, recording, seconds) == 204
    assert (recording.resumed_by(aylin), recording.resumed_by(gerd)) == (2, 1.5)
    assert WatchPosition.objects.count() == 2


@pytest.mark.parametrize(("said", "kept"), [("-5", 0), ("2.25", 2.25), ("99999999999", 3)])
def test_a_position_lies_within_the_video(
    client: Client, recording: Recording, aylin: Person, said: str, kept: float
) -> None:
    client.force_login(aylin)
    assert keep(client, recording, said) == 204
    assert WatchPosition.objects.get().seconds == kept


@pytest.mark.parametrize("said", ["", "nan", "inf", "-inf", "gleich"])
def test_what_is_no_position_is_not_kept(
    client: Client, recording: Recording, aylin: Person, said: str
) -> None:
    client.force_login(aylin)
    assert keep(client, recording, said) == 422
    assert not WatchPosition.objects.exists()


def test_positions_are_kept_for_who_may_watch(
    client: Client, recording: Recording, olga: Person
) -> None:
    assert keep(client, recording, 1) == 302
    client.force_login(olga)
    assert keep(client, recording, 1) == 403
    assert client.get(address("watch_position", recording)).status_code == 405
    assert not WatchPosition.objects.exists()


def test_what_was_seen_to_the_end_starts_over(recording: Recording, aylin: Person) -> None:
    for seconds, resumed in [(0.01, 0), (2.9, 2.9), (2.99, 0), (3, 0)]:
        recording.stopped_by(aylin, seconds)
        assert recording.resumed_by(aylin) == resumed
    assert recording.resumed_by(AnonymousUser()) == 0


# -- the administration


def test_the_administration_leads_to_where_films_and_texts_are_edited(
    client: Client, recording: Recording, katrin: Person
) -> None:
    client.force_login(katrin)
    path = reverse("admin:conference_recording_change", args=[recording.pk])
    assert address("recording_edit", recording) in client.get(path).text
    fields = {
        "event": recording.event.pk,
        "title": "Rückblick",
        "slug": recording.slug,
        "position": 0,
        "available_from_0": "15.07.2026",
        "available_from_1": "09:00",
        "materials-TOTAL_FORMS": 1,
        "materials-INITIAL_FORMS": 0,
        "materials-0-position": 0,
    }
    assert client.post(path, fields).status_code == 302
    recording.refresh_from_db()
    assert recording.title == "Rückblick"
