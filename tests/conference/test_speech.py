from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from conference.models import Person, Recognition, Recording
from conference.speech import SpeechError, Word, cues_of
from conference.vtt import Cue

pytestmark = pytest.mark.usefixtures("model")


@pytest.fixture
def model(settings: Any, tmp_path: Path) -> None:
    """A directory stands for the model; what hears is one of the functions below."""
    settings.SPEECH_MODEL = str(tmp_path)
    settings.SPEECH_ENGINE = f"{__name__}.hears_well"


def hears_well(film: Path, language: str) -> Iterator[Word]:
    assert film.read_bytes()[4:8] == b"ftyp"
    yield Word(0.5, 1, "Guten")
    yield Word(1, 1.5, f"Morgen{'!' if language == 'de' else '?'}")


def hears_nothing(film: Path, language: str) -> list[Word]:
    return []


def breaks(film: Path, language: str) -> list[Word]:
    raise OSError


def ask(client: Client, recording: Recording, language: str = "de") -> Any:
    args = [recording.event.slug, recording.slug, language]
    return client.post(reverse("recognition", args=args), follow=True)


def test_words_become_texts_of_two_lines_that_end_with_sentences() -> None:
    said = "Guten Morgen. Wir reden heute über Quartiere und darüber, wie man gut zusammen "
    said += "wohnt und lebt."
    words = [Word(n / 4, n / 4 + 0.2, text) for n, text in enumerate(said.split())]
    later = Word(60, 60.1, "Danke")
    assert list(cues_of([*words, later])) == [
        Cue(0, 0.5, "Guten Morgen."),
        Cue(
            0.5,
            3.7,
            "Wir reden heute über Quartiere und\ndarüber, wie man gut zusammen wohnt und",
        ),
        Cue(3.75, 4.25, "lebt."),
        Cue(60, 60.5, "Danke"),
    ]


@pytest.mark.django_db(transaction=True)
def test_a_machine_writes_a_draft_that_nobody_sees_yet(
    client: Client, recording: Recording, katrin: Person
) -> None:
    client.force_login(katrin)
    assert "Eine Maschine hört jetzt zu." in ask(client, recording).text
    track = recording.tracks.get()
    assert (track.is_draft, track.cues) == (True, [Cue(0.5, 1.5, "Guten Morgen!")])
    assert not Recognition.objects.exists()
    assert Recording.objects.get().cues == []


def test_only_who_edits_it_asks(client: Client, recording: Recording, gerd: Person) -> None:
    client.force_login(gerd)
    assert ask(client, recording).status_code == 404
    assert not Recognition.objects.exists()


def test_without_a_model_the_page_says_so_and_goes_on(
    client: Client, recording: Recording, katrin: Person, settings: Any
) -> None:
    settings.SPEECH_MODEL = ""
    client.force_login(katrin)
    page = client.get(recording.edit_path).text
    assert "sobald ein Sprachmodell eingerichtet ist" in page
    assert (
        "Auf diesem Server ist kein Sprachmodell eingerichtet." in ask(client, recording).text
    )


def test_captions_that_are_there_stay(
    client: Client, recording: Recording, katrin: Person
) -> None:
    body = "WEBVTT\n\n00:01.000 --> 00:02.000\nVon Hand\n"
    client.force_login(katrin)
    ask(client, recording)
    recording.tracks.create(language="de", body=body)
    assert "In dieser Sprache gibt es schon Untertitel." in ask(client, recording).text
    Recognition.objects.get().run()
    assert (recording.tracks.get().body, recording.tracks.get().is_draft) == (body, False)


@pytest.mark.parametrize(
    ("engine", "sentence"),
    [
        ("hears_nothing", "In dem Film war keine Sprache zu hören."),
        ("breaks", "Bei uns ist etwas schiefgegangen."),
    ],
)
def test_trouble_is_told_and_may_be_tried_again(
    client: Client,
    recording: Recording,
    katrin: Person,
    settings: Any,
    engine: str,
    sentence: str,
) -> None:
    client.force_login(katrin)
    ask(client, recording)
    settings.SPEECH_ENGINE = f"{__name__}.{engine}"
    Recognition.objects.get().run()
    assert sentence in client.get(recording.edit_path).text
    assert not recording.tracks.exists()
    settings.SPEECH_ENGINE = f"{__name__}.hears_well"
    ask(client, recording)
    Recognition.objects.get().run()
    assert recording.tracks.count() == 1


def test_a_machine_without_its_parts_says_so(
    recording: Recording, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from conference import speech

    monkeypatch.setattr(speech, "find_spec", lambda name: None)
    with pytest.raises(SpeechError) as caught:
        list(speech.listen(tmp_path, "de"))
    assert str(caught.value) == "Die Spracherkennung ist nicht vollständig eingerichtet."
