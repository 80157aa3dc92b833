import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conference.vtt import Cue, VttError, as_vtt, decode, overlaps, parse, write

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


@pytest.mark.parametrize(
    ("encoding", "is_guess"), [("utf-8-sig", False), ("utf-16", False), ("cp1252", True)]
)
def test_encodings_are_known_or_guessed(encoding: str, is_guess: bool) -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\nGrüße – schön!\n"
    assert decode(text.replace("\n", "\r\n").encode(encoding)) == (text, is_guess)


@pytest.mark.parametrize("source", [b"\xff\xfe\x00", b"\x00\x01\x9d", b"\xe4\x00"])
def test_what_is_no_text_is_refused(source: bytes) -> None:
    with pytest.raises(VttError) as caught:
        decode(source)
    assert str(caught.value) == (
        "Dies ist kein Text, den wir lesen können. Bitte speichern Sie ihn als UTF-8."
    )


SRT = """1
00:01,5 --> 00:02,500  X1:40 X2:600
{\\an8}<font color="#ffff00">Müller & Söhne</font>

2
1:0:3.000-->1:0:5,000
<i>2020</i>
- und danach

1:00:06,000 --> 1:03:00,000
2021
"""


def test_srt_becomes_webvtt() -> None:
    body = as_vtt(SRT)
    assert (
        body
        == """WEBVTT

00:00:01.500 --> 00:00:02.500
Müller &amp; Söhne

01:00:03.000 --> 01:00:05.000
<i>2020</i>
- und danach

01:00:06.000 --> 01:03:00.000
2021
"""
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Es steht kein Text darin."),
        (" \n\n", "Es steht kein Text darin."),
        ("Nur ein Text", "Zeile 1: Die Datei muss mit „WEBVTT“ beginnen."),
        (
            "1\n00:00:01,000 --> 00:00:02,000\nA\n\n2\n00:00:03,000 -> 00:00:04,000\nB",
            "Zeile 6: Hier werden Zeiten erwartet, zum Beispiel 00:01.000 --> 00:04.000.",
        ),
        (
            "1\n00:00:01,000 --> 00:00:71,000\nA",
            "Zeile 2: Hier werden Zeiten erwartet, zum Beispiel 00:01.000 --> 00:04.000.",
        ),
        (
            "1\n00:00:01,000 --> 00:00:02,000\n\n",
            "Zeile 2: Unter diesen Zeiten steht kein Text.",
        ),
    ],
)
def test_what_is_handed_in_is_told_by_its_own_lines(text: str, sentence: str) -> None:
    with pytest.raises(VttError) as caught:
        as_vtt(text)
    assert str(caught.value) == sentence


def test_webvtt_is_kept_as_it_is() -> None:
    assert as_vtt(GOOD) == GOOD.removeprefix("\ufeff")


def test_texts_that_overlap_are_allowed_and_told() -> None:
    one, two, three = Cue(0, 2, "A"), Cue(1, 3, "B"), Cue(3, 4, "C")
    assert parse(write([one, two, three])) == [one, two, three]
    assert list(overlaps([one, two, three])) == [(one, two)]


words = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1)


@st.composite
def some_cue(draw: st.DrawFn) -> Cue:
    start, length = draw(st.integers(0, 10**8)), draw(st.integers(1, 10**6))
    voice = draw(st.just("") | words)
    return Cue(start / 1000, (start + length) / 1000, draw(words), voice)


@given(st.lists(some_cue(), min_size=1).map(sorted))
def test_what_is_written_is_read(cues: list[Cue]) -> None:
    read = parse(write(cues))
    assert write(read) == write(cues)
    assert [(cue.text, cue.voice) for cue in read] == [(cue.text, cue.voice) for cue in cues]


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


@given(
    st.text("0123456789:,.-> \n<{}\\&;aÄ", max_size=120).map(
        "1\n00:01,0 --> 00:02,0\nA{}".format
    )
)
def test_whatever_is_taken_can_be_read(text: str) -> None:
    try:
        body = as_vtt(f"1\n00:01,0 --> 00:02,0\nA{text}")
    except VttError:
        return
    assert parse(body)
