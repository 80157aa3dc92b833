import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conference.vtt import Cue, VttError, parse

GOOD = """\ufeffWEBVTT – Rückblick
Kind: captions

NOTE
Wer hier liest, ist neugierig.

STYLE
::cue { color: white }

eins
00:00.000 --> 00:02.500 line:85%
<v Martina Ehrlinger>Guten Morgen
aus <b>Stuttgart</b> &amp; dem Land.

01:00:03.000 --> 01:00:05.000
- Willkommen!
"""


def test_cues_are_read_with_times_voices_and_plain_text() -> None:
    for text in [GOOD, GOOD.replace("\n", "\r\n"), GOOD.replace("\n", "\r")]:
        assert parse(text.encode()) == [
            Cue(0, 2.5, "Guten Morgen aus Stuttgart & dem Land.", "Martina Ehrlinger"),
            Cue(3603, 3605, "- Willkommen!"),
        ]


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("", "Zeile 1: Die Datei muss mit „WEBVTT“ beginnen."),
        (
            "1\n00:00:01,000 --> 00:00:02,000\nSRT",
            "Zeile 1: Die Datei muss mit „WEBVTT“ beginnen.",
        ),
        (
            "WEBVTT\n\n00:01 --> 00:02\nHallo",
            "Zeile 3: Hier werden Zeiten erwartet, zum Beispiel 00:01.000 --> 00:04.000.",
        ),
        (
            "WEBVTT\n\n00:02.000 --> 00:01.000\nHallo",
            "Zeile 3: Das Ende muss nach dem Anfang liegen.",
        ),
        (
            "WEBVTT\n\nname\n00:01.000 --> 00:02.000\n",
            "Zeile 4: Unter diesen Zeiten steht kein Text.",
        ),
        (
            "WEBVTT\n\n00:05.000 --> 00:06.000\nB\n\n\n00:01.000 --> 00:02.000\nA",
            "Zeile 7: Dieser Text beginnt vor dem darüber.",
        ),
        (
            "WEBVTT\n\n00:01.000 --> 00:02.000\nA\n00:03.000 --> 00:04.000\nB",
            "Zeile 3: Vor den nächsten Zeiten fehlt eine leere Zeile.",
        ),
        (
            "WEBVTT\n\nNOTE nur das",
            "Die Datei enthält keine Texte mit Zeiten wie 00:01.000 --> 00:04.000.",
        ),
        (
            "WEBVTT\n\nein Name allein",
            "Zeile 4: Hier werden Zeiten erwartet, zum Beispiel 00:01.000 --> 00:04.000.",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_line(source: str, sentence: str) -> None:
    with pytest.raises(VttError) as caught:
        parse(source.encode())
    assert str(caught.value) == sentence


@pytest.mark.parametrize("start", ["<", "<v ", "<v.", "<v\t", "<c.x>"])
def test_a_megabyte_of_odd_tags_is_read_at_once(start: str) -> None:
    text = start * (2**20 // len(start)) + "A"
    before = time.process_time()
    assert parse(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{text}".encode())[0].start == 1
    assert time.process_time() - before < 2


def test_no_video_lasts_for_a_million_hours() -> None:
    with pytest.raises(VttError):
        parse(b"WEBVTT\n\n00:01.000 --> " + b"9" * 5000 + b":00:02.000\nA")


def test_another_encoding_is_named() -> None:
    with pytest.raises(VttError) as caught:
        parse("WEBVTT\n\nä".encode("latin-1"))
    assert (
        str(caught.value) == "Die Datei ist nicht in UTF-8. Bitte speichern Sie sie als UTF-8."
    )


@given(
    st.one_of(
        st.binary(max_size=200), st.text(max_size=200).map(lambda t: f"WEBVTT\n\n{t}".encode())
    )
)
def test_no_file_breaks_the_reader(source: bytes) -> None:
    try:
        cues = parse(source)
    except VttError:
        return
    assert all(cue.start < cue.end and cue.text for cue in cues)
