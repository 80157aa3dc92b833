"""Each kind of file that people hand in has an outcome that is stated here."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from PIL import Image

from conference import ffmpeg, films
from conference.films import FilmError, Made, make_film, make_sound
from tests.films import film, small_video

HDR = "setparams=color_primaries=bt2020:color_trc=smpte2084:colorspace=bt2020nc"
TEN_BITS = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le")
NAME = "Grüße aus Köln – „Straßenfest“.mp4"


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., Made]:
    """``made(body)``: what is made of it, in the directory ``made`` beside it."""

    def make(body: bytes, how: Callable[..., Made] = make_film) -> Made:
        (tmp_path / NAME).write_bytes(body)
        (tmp_path / "made").mkdir()
        with translation.override("de"):
            return how(tmp_path / NAME, tmp_path / "made", lambda _part: None)

    return make


def names(directory: Path) -> list[str]:
    return sorted(str(p.relative_to(directory)) for p in directory.rglob("*") if p.is_file())


def shape(made: Made) -> tuple[tuple[int, int], bool, list[str]]:
    return (made.width, made.height), made.has_sound, [one["name"] for one in made.renditions]


def test_a_film_becomes_segments_in_steps_with_sound_beside_a_plain_one_and_pictures(
    made: Callable[..., Made], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(films, "LADDER", [100, 60])
    result = made(film(size="320x180", seconds=7))
    assert shape(result) == ((176, 100), True, ["100", "60", "sound"])
    high, low, sound = result.renditions
    assert [one["segments"] for one in (high, low)] == [[6.0, 1.0]] * 2  # cut alike
    assert sum(sound["segments"]) == pytest.approx(7, abs=0.1)
    assert (low["width"], low["height"], low["codecs"][:7]) == (106, 60, "avc1.64")
    assert 0 < low["bandwidth"] < high["bandwidth"] < 1_000_000
    assert names(tmp_path / "made") == [
        *(f"{one}/{name}" for one in ("100", "60") for name in SEGMENTS),
        *("film.mp4", "poster.webp"),
        *(f"sound/{name}" for name in SEGMENTS),
        "sprite.webp",
    ]
    plain = ffmpeg.look(tmp_path / "made/film.mp4")
    assert (plain.size, plain.has_sound) == ((176, 100), True)
    assert result.sprite == {"step": 2, "columns": 10, "width": 160, "height": 90, "count": 4}
    for name, size in [("sprite.webp", (1600, 90)), ("poster.webp", (176, 100))]:
        with Image.open(tmp_path / "made" / name) as picture:
            assert picture.size == size


SEGMENTS = ["00000.m4s", "00001.m4s", "init.mp4"]


@pytest.mark.parametrize(
    ("source", "steps"),
    [
        ((3840, 2160), [(1920, 1080), (1280, 720), (852, 480), (640, 360)]),
        ((1280, 720), [(1280, 720), (852, 480), (640, 360)]),
        ((720, 576), [(720, 576), (450, 360)]),
        ((1080, 1920), [(1080, 1920), (720, 1280), (480, 852), (360, 640)]),
        ((1366, 768), [(1366, 768), (852, 480), (640, 360)]),
        ((161, 91), [(160, 90)]),
        ((2, 1), [(2, 2)]),
    ],
)
def test_no_step_is_above_the_source_and_one_there_always_is(
    source: tuple[int, int], steps: list[tuple[int, int]]
) -> None:
    assert films.sizes(source) == steps


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (lambda: film(has_sound=False), ((160, 90), False, ["90"])),
        (lambda: film(size="90x160"), ((90, 160), True, ["90", "sound"])),
        (
            lambda: film("-vf", "select=not(mod(n\\,3))+lt(n\\,8)", "-fps_mode", "vfr"),
            ((160, 90), True, ["90", "sound"]),
        ),
        (
            lambda: film(
                "-vf", "scale=161:91,setsar=1", video=("-c:v", "ffv1"), name="film.mkv"
            ),
            ((160, 90), True, ["90", "sound"]),
        ),
    ],
    ids=["no sound", "portrait", "varying rate", "odd size"],
)
def test_unusual_films_are_shown_as_they_are(
    made: Callable[..., Made], body: Callable[[], bytes], expected: Any
) -> None:
    result = made(body())
    assert shape(result) == expected
    assert result.duration == pytest.approx(2, abs=0.25)


def test_more_than_eight_bits_and_hdr_become_what_every_screen_shows(
    made: Callable[..., Made], tmp_path: Path
) -> None:
    body = film("-vf", HDR, "-colorspace", "bt2020nc", video=TEN_BITS, name="film.mov")
    (tmp_path / "hdr").write_bytes(body)
    assert ffmpeg.look(tmp_path / "hdr").is_hdr
    made(body)
    said = ffmpeg.run("-i", tmp_path / "made/film.mp4", "-f", "ffmetadata", tmp_path / "said")
    assert re.findall(r"h264 \(High\).*?yuv420p\(tv, bt709, progressive\)", said)


def test_loudness_is_evened(made: Callable[..., Made], tmp_path: Path) -> None:
    made(film("-af", "volume=0.02", seconds=4))
    said = ffmpeg.run(
        *("-i", tmp_path / "made/film.mp4", "-af", "ebur128", "-f", "null", "-"),
    )
    assert float(re.findall(r"I: +(-[\d.]+) LUFS", said)[-1]) == pytest.approx(-18, abs=1)


def test_of_an_audio_description_the_sound_alone_is_kept(
    made: Callable[..., Made], tmp_path: Path
) -> None:
    result = made(film(has_picture=False, name="ton.m4a"), make_sound)
    assert result._replace(duration=2.0) == Made(2.0, 0, 0, True, [], None)
    assert names(tmp_path / "made") == ["sound.m4a"]
    assert ffmpeg.look(tmp_path / "made/sound.m4a").has_sound


@pytest.mark.parametrize(
    ("body", "how", "sentence"),
    [
        (
            lambda: film(has_picture=False, name="ton.m4a"),
            make_film,
            "Diese Datei enthält nur Ton und kein Bild.",
        ),
        (lambda: film(has_sound=False), make_sound, "Diese Datei enthält keinen Ton."),
        (
            lambda: film(seconds=20)[: len(film(seconds=20)) // 2],
            make_film,
            "Diese Datei bricht nach 9 von 20 Sekunden ab.",
        ),
        (
            lambda: film("-movflags", "0")[:4000],
            make_film,
            "(Im Wortlaut des Programms ffmpeg: moov atom not found; "
            "Invalid data found when processing input)",
        ),
        (
            lambda: b"",
            make_film,
            "Diese Datei lässt sich nicht als Video lesen: Sie ist beschädigt, unvollständig "
            "oder von anderer Art.",
        ),
        (
            lambda: b"Kein Video" * 100,
            make_film,
            "Invalid data found when processing input)",
        ),
    ],
    ids=["sound only", "no sound", "truncated", "without end", "empty", "no video"],
)
def test_what_cannot_be_shown_says_why(
    made: Callable[..., Made],
    body: Callable[[], bytes],
    how: Callable[..., Made],
    sentence: str,
) -> None:
    with pytest.raises(FilmError) as refused:
        made(body(), how)
    assert sentence in str(refused.value)


def test_whoever_is_told_of_the_progress_may_end_it(tmp_path: Path) -> None:
    def stop(_seconds: float) -> None:
        raise KeyboardInterrupt

    (tmp_path / "film").write_bytes(small_video())
    with pytest.raises(KeyboardInterrupt):
        ffmpeg.run("-re", "-i", tmp_path / "film", "-f", "null", "-", on_progress=stop)
