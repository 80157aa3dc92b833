from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from chat import clock
from conference.models import Consent, Event, Mail, Person, Recording, Speaker
from conference.models.checklist import items_of

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def speaker(recording: Recording, aylin: Person) -> Speaker:
    row = Speaker.objects.create(event=recording.event, person=aylin, name=aylin.name)
    recording.speakers.add(row)
    return row


def today() -> date:
    return clock.now().astimezone(BERLIN).date()


def words(recording: Recording) -> list[str]:
    fresh = Recording.objects.get(pk=recording.pk)
    return [f"{item.label}: {item.word}" for item in items_of(fresh)]


# -- the door


def test_a_recording_is_shown_until_the_second_its_consent_ends(
    client: Client, recording: Recording, speaker: Speaker, gerd: Person
) -> None:
    Consent.give(recording, speaker, given_on=today(), ends_on=today())
    midnight = datetime.combine(today() + timedelta(days=1), datetime.min.time(), BERLIN)
    client.force_login(gerd)
    paths = [recording.get_absolute_url(), address("recording_video", recording)]
    for moment, status, is_visible in [
        (midnight - timedelta(seconds=1), 200, True),
        (midnight, 403, False),
    ]:
        with time_machine.travel(moment, tick=False):
            assert [client.get(path).status_code for path in paths] == [status, status]
            assert Recording.objects.visible_to(gerd).exists() == is_visible
            listed = recording.title in client.get(address("recordings")).text
            assert listed == is_visible


def test_without_consent_the_public_sees_nothing_and_who_edits_it_does(
    client: Client,
    recording: Recording,
    speaker: Speaker,
    aylin: Person,
    katrin: Person,
    now: datetime,
) -> None:
    Recording.objects.update(public_from=now)
    Consent.give(recording, speaker, given_on=today(), ends_on=today() - timedelta(days=1))
    response = client.get(recording.get_absolute_url())
    assert response.status_code == 403
    assert "Diese Aufzeichnung wird nicht mehr gezeigt." in response.text
    for person in [aylin, katrin]:
        client.force_login(person)
        assert client.get(recording.get_absolute_url()).status_code == 200
    recording.speakers.clear()  # whoever is in it no longer has no say
    client.logout()
    assert client.get(recording.get_absolute_url()).status_code == 200


# -- consents


def address(name: str, recording: Recording | None = None) -> str:
    return reverse(name, args=["quartier", *([recording.slug] if recording else [])])


def note(client: Client, recording: Recording, speaker: Speaker, *values: str) -> Any:
    names = ["given_on", "ends_on", "note"]
    fields = zip(names, values, strict=True)
    data = {f"speaker-{speaker.pk}-{name}": value for name, value in fields}
    return client.post(address("consents", recording), data)


def test_organisers_note_consents_and_take_them_back(
    client: Client, recording: Recording, speaker: Speaker, katrin: Person
) -> None:
    client.force_login(katrin)
    assert note(client, recording, speaker, "2026-07-01", "2027-06-30", "Ordner 3").url == (
        recording.edit_path
    )
    consent = recording.consents.get()
    assert (consent.given_on, consent.ends_on) == (date(2026, 7, 1), date(2027, 6, 30))
    assert consent.ends_at == datetime(2027, 7, 1, tzinfo=BERLIN)
    assert 'value="2027-06-30"' in client.get(address("consents", recording)).text
    note(client, recording, speaker, "", "", "")
    assert not recording.consents.exists()


@pytest.mark.parametrize(
    ("given_on", "ends_on", "sentence"),
    [
        ("", "2027-06-30", "Bitte geben Sie an, seit wann sie gilt."),
        ("2027-07-01", "2027-06-30", "Der letzte Tag darf nicht vor dem ersten liegen."),
    ],
)
def test_dates_that_cannot_be_are_told_and_kept(
    client: Client,
    recording: Recording,
    speaker: Speaker,
    katrin: Person,
    given_on: str,
    ends_on: str,
    sentence: str,
) -> None:
    client.force_login(katrin)
    response = note(client, recording, speaker, given_on, ends_on, "")
    assert response.status_code == 422
    assert sentence in response.text
    assert f'value="{ends_on}"' in response.text


def test_only_organisers_note_consents(
    client: Client, recording: Recording, speaker: Speaker, aylin: Person, gerd: Person
) -> None:
    for person, status in [(aylin, 403), (gerd, 404)]:
        client.force_login(person)
        assert client.get(address("consents", recording)).status_code == status
        assert note(client, recording, speaker, "2026-07-01", "", "").status_code == status
    assert not Consent.objects.exists()


def test_organisers_are_warned_once_two_weeks_before(
    recording: Recording, speaker: Speaker, katrin: Person
) -> None:
    Consent.give(recording, speaker, given_on=today(), ends_on=today() + timedelta(days=14))
    assert Consent.objects.warn() == 0
    Consent.give(recording, speaker, given_on=today(), ends_on=today() + timedelta(days=13))
    assert [Consent.objects.warn(), Consent.objects.warn()] == [1, 1]
    mail = Mail.objects.get()
    assert (mail.person, mail.next_path) == (katrin, recording.edit_path)
    assert mail.subject == "Eine Einwilligung endet bald: Rückblick im Gespräch"
    Consent.give(recording, speaker, given_on=today(), ends_on=today() + timedelta(days=12))
    Consent.objects.warn()
    assert Mail.objects.count() == 2


# -- the list


def test_the_checklist_says_in_words_what_is_missing(
    recording: Recording, speaker: Speaker
) -> None:
    assert words(recording) == [
        "Film: da",
        "Untertitel: fehlt",
        "Text zum Mitlesen: fehlt",
        "Gebärdensprache (DGS): fehlt",
        "Beschreibung: fehlt",
        "Vorschaubild: fehlt",
        "Einwilligung: 1 fehlt",
    ]
    recording.tracks.create(language="de", body="WEBVTT", drafted_at=clock.now())
    assert words(recording)[1] == "Untertitel: noch zu prüfen"
    recording.tracks.update(drafted_at=None)
    assert words(recording)[1:3] == ["Untertitel: da", "Text zum Mitlesen: da"]
    Consent.give(recording, speaker, given_on=today())
    assert words(recording)[-1] == "Einwilligung: da"
    end = today() + timedelta(days=3)
    Consent.give(recording, speaker, given_on=today(), ends_on=end)
    assert words(recording)[-1] == f"Einwilligung: endet am {end:%d.%m.%Y}"
    Consent.give(recording, speaker, given_on=today(), ends_on=today() - timedelta(days=1))
    assert words(recording)[-1] == "Einwilligung: abgelaufen: wird nicht mehr gezeigt"
    recording.speakers.clear()
    assert words(recording)[-1] == "Einwilligung: niemand eingetragen"
    recording.videos.update(ready_at=None, folder="")
    assert words(recording)[0] == "Film: wird verarbeitet"


def test_organisers_see_what_all_recordings_lack_and_nobody_else(
    client: Client, recording: Recording, katrin: Person, gerd: Person
) -> None:
    client.force_login(gerd)
    assert client.get(address("recording_checklist")).status_code == 403
    client.force_login(katrin)
    response = client.get(address("recording_checklist"))
    assert [(row.title, missing) for row, _items, missing in response.context["rows"]] == [
        ("Rückblick im Gespräch", 6)
    ]
    assert response.context["columns"][0] == ("Film", 1)
    assert address("recording_checklist") in client.get(address("foyer")).text


def test_the_list_is_sorted_by_date_title_or_what_is_missing(
    client: Client, recording: Recording, event: Event, katrin: Person, now: datetime
) -> None:
    event.recordings.create(
        slug="a", title="Ausblick", available_from=now, description="Worum es geht"
    )
    client.force_login(katrin)
    for order, slugs in [
        ("", ["dialog", "a"]),
        ("datum", ["dialog", "a"]),
        ("titel", ["a", "dialog"]),
        ("fehlt", ["dialog", "a"]),
        ("unsinn", ["dialog", "a"]),
    ]:
        response = client.get(address("recording_checklist"), {"sortieren": order})
        assert [row[0].slug for row in response.context["rows"]] == slugs


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_as_often_for_many_recordings(
    client: Client,
    event: Event,
    katrin: Person,
    now: datetime,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(count):
        recording = event.recordings.create(slug=f"a{number}", title="A", available_from=now)
        speaker = event.speakers.create(name="Petra")
        recording.speakers.add(speaker)
        recording.tracks.create(language="de", body="WEBVTT")
        Consent.give(recording, speaker, given_on=today(), ends_on=today())
    client.force_login(katrin)
    client.get(address("recording_checklist"))
    with django_assert_num_queries(11):
        client.get(address("recording_checklist"))
