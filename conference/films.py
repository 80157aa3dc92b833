"""What is made of a film: heights to choose from in segments, even sound, plain MP4, pictures.

Local files in, local files out; ``Video.process`` brings them from and to the storage.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from conference import ffmpeg
from conference.ffmpeg import Contents, FfmpegError

LADDER = [1080, 720, 480, 360]  # lines, or columns of an upright film
PLAIN = 720  # the most of them in the plain MP4
SEGMENT = 6  # seconds
KEY = 2  # seconds from one key picture to the next, the same in all heights
MOST_RATE = 30  # pictures per second
SOUND = 128_000  # bits per second
# For listening at desks and on phones, as EBU R128 s2 has it for the web: -20 to -16 LUFS.
LOUDNESS = {"I": -18, "TP": -1.5, "LRA": 11}
SPRITE = {"columns": 10, "width": 160, "most": 120}
POSTER = 1280  # pixels wide at most
HLS = [
    *("-f", "hls", "-hls_time", str(SEGMENT), "-hls_playlist_type", "vod"),
    *("-hls_segment_type", "fmp4", "-hls_fmp4_init_filename", "init.mp4"),
]
TO_SDR = (
    "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0,"
    "zscale=t=bt709:m=bt709:r=tv,format=yuv420p,"
)
BT709 = "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"

Progress = Callable[[float], None]  # is told how much is done, from 0 to 1


class FilmError(Exception):
    """Carries a sentence for whoever handed the file in."""


class Made(NamedTuple):
    """As the fields of ``Video`` have it."""

    duration: float
    width: int
    height: int
    has_sound: bool
    renditions: list[dict[str, Any]]
    sprite: dict[str, int] | None


def make_film(source: Path, target: Path, on_progress: Progress) -> Made:
    """Into the empty directory ``target``; raises ``FilmError``."""
    contents = _look(source)
    if contents.size is None:
        raise FilmError(_("There is only sound in this file, and no picture."))
    try:
        measured = _measure(source, contents, lambda part: on_progress(part * 0.1))
        length, sound = measured
        _encode(source, target, contents, sound, lambda t: on_progress(0.1 + 0.85 * t / length))
        renditions = [_rendition(target, *size) for size in sizes(contents.size)]
        plain = next((one for one in renditions if min(_size(one)) <= PLAIN), renditions[-1])
        if contents.has_sound:
            renditions.append(_sound_rendition(target))
        _make_plain(target, plain["name"], contents.has_sound)
        duration = sum(renditions[0]["segments"])
        _make_poster(target, renditions[0]["name"], duration)
        sprite = _make_sprite(target, plain, duration)
        for playlist in target.glob("*/index.m3u8"):  # each reader gets one of their own
            playlist.unlink()
    except FfmpegError as error:
        raise _failure(error) from None
    width, height = _size(renditions[0])
    return Made(duration, width, height, contents.has_sound, renditions, sprite)


def make_sound(source: Path, target: Path, on_progress: Progress) -> Made:
    """Only the sound, as ``sound.m4a``; raises ``FilmError``."""
    contents = _look(source)
    if not contents.has_sound:
        raise FilmError(_("There is no sound in this file."))
    contents = contents._replace(size=None)
    try:
        length, sound = _measure(source, contents, lambda part: on_progress(part * 0.5))
        ffmpeg.run(
            *("-v", "error", "-i", source, "-map", "0:a:0", "-af", sound),
            *("-c:a", "aac", "-b:a", str(SOUND), "-ac", "2", "-movflags", "+faststart"),
            target / "sound.m4a",
            on_progress=lambda done: on_progress(0.5 + 0.45 * done / length),
        )
    except FfmpegError as error:
        raise _failure(error) from None
    return Made(length, 0, 0, True, [], None)


def sizes(size: tuple[int, int]) -> list[tuple[int, int]]:
    """Up to four, the largest first, even, none above the source; by the shorter side.

    A step that would hardly be smaller than the largest one is left out.
    """
    short = min(size)
    top = min(short, LADDER[0])
    steps = [top, *(step for step in LADDER if step <= top * 0.8)]
    return [(even(size[0] * step / short), even(size[1] * step / short)) for step in steps]


def even(number: float) -> int:
    return max(2, math.floor(number / 2) * 2)


# -- looking


def _look(source: Path) -> Contents:
    try:
        contents = ffmpeg.look(source)
    except FfmpegError as error:
        raise _failure(error) from None
    if contents.size is None and not contents.has_sound:
        raise FilmError(_("This file is no video that we can read."))
    return contents


def _failure(error: FfmpegError) -> FilmError:
    sentence = _(
        "This file cannot be read as a video: it is damaged, incomplete or of another kind. "
        "Please export it again, best as MP4, and upload that."
    )
    reason = _("In the words of the programme ffmpeg: %(reason)s") % {"reason": error}
    return FilmError(f"{sentence} ({reason})")


def _measure(source: Path, contents: Contents, on_progress: Progress) -> tuple[float, str]:
    """How many seconds there really are, and the filter that evens the sound.

    The first of two passes: who knows all of the sound can even it without pumping.
    """
    reached = 0.0

    def note(seconds: float) -> None:
        nonlocal reached
        reached = max(reached, seconds)
        on_progress(min(seconds / (contents.seconds or math.inf), 1))

    target = ":".join(f"{name}={value}" for name, value in LOUDNESS.items())
    said = ffmpeg.run(
        *("-v", "info", "-i", source),
        *(("-map", "0:V:0", "-c:v", "copy") if contents.size else ()),
        *(
            ("-map", "0:a:0", "-af", f"loudnorm={target}:print_format=json")
            if contents.has_sound
            else ()
        ),
        *("-f", "null", "-"),
        on_progress=note,
    )
    if contents.seconds and reached < contents.seconds * 0.9 - 1:
        raise FilmError(
            _("This file breaks off after %(there)d of %(all)d seconds. Please try again.")
            % {"there": reached, "all": contents.seconds}
        )
    if not reached:
        raise FilmError(_("This video has no length."))
    return reached, _evened(said, target)


def _evened(said: str, target: str) -> str:
    """The second pass; silence stays as it is."""
    resampled = "aresample=48000:async=1:first_pts=0"
    match = re.search(r"\{\s*\"input_i\".*?\}", said, re.DOTALL)
    heard = json.loads(match[0]) if match else {}
    if not heard or not math.isfinite(float(heard["input_i"])):
        return resampled
    names = {"I": "i", "TP": "tp", "LRA": "lra", "thresh": "thresh"}
    measured = ":".join(
        f"measured_{key}={heard[f'input_{name}']}" for key, name in names.items()
    )
    offset = f"offset={heard['target_offset']}:linear=true"
    return f"loudnorm={target}:{measured}:{offset},{resampled}"


# -- making


def _encode(
    source: Path, target: Path, contents: Contents, sound: str, on_progress: Progress
) -> None:
    """All heights and the sound at once, so that the source is decoded once."""
    assert contents.size  # noqa: S101 - ``make_film`` has looked
    steps = sizes(contents.size)
    outputs: list[str | Path] = []
    for number, size in enumerate(steps):
        outputs += ["-map", f"[v{number}]", *_encoding(size), *_segments(target, _name(size))]
    if contents.has_sound:
        outputs += ["-map", "0:a:0", "-af", sound, "-c:a", "aac", "-b:a", str(SOUND)]
        outputs += ["-ac", "2", *_segments(target, "sound")]
    graph = _graph(contents, steps)
    ffmpeg.run(
        *("-v", "error", "-i", source, "-filter_complex", graph, *outputs),
        on_progress=on_progress,
    )


def _graph(contents: Contents, steps: list[tuple[int, int]]) -> str:
    rate = contents.rate
    while rate > MOST_RATE:
        rate /= 2
    names = "".join(f"[s{number}]" for number in range(len(steps)))
    first = (
        f"[0:V:0]bwdif=deint=interlaced,fps={rate:g},{TO_SDR if contents.is_hdr else ''}"
        f"scale={steps[0][0]}:{steps[0][1]}:out_color_matrix=bt709:out_range=tv,"
        f"setsar=1,format=yuv420p,{BT709},split={len(steps)}{names}"
    )
    scaled = [
        f"[s{number}]scale={width}:{height}[v{number}]"
        for number, (width, height) in enumerate(steps)
    ]
    return ";".join([first, *scaled])


def _encoding(size: tuple[int, int]) -> list[str]:
    most = round(700 * (min(size) / 360) ** 1.7)  # kbit/s: 360 lines 700, 1080 lines 4,500
    return [
        *("-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", "-crf", "22"),
        *("-maxrate", f"{most}k", "-bufsize", f"{2 * most}k", "-sc_threshold", "0"),
        *("-g", "9999", "-force_key_frames", f"expr:gte(t,n_forced*{KEY})"),
    ]


def _segments(target: Path, name: str) -> list[str | Path]:
    folder = target / name
    folder.mkdir()
    return [*HLS, "-hls_segment_filename", folder / "%05d.m4s", folder / "index.m3u8"]


def _make_plain(target: Path, name: str, has_sound: bool) -> None:
    """Of what is encoded already."""
    sound: list[str | Path] = ["-i", target / "sound/index.m3u8"] if has_sound else []
    ffmpeg.run(
        *("-v", "error", "-i", target / name / "index.m3u8", *sound, "-c", "copy"),
        *("-movflags", "+faststart", target / "film.mp4"),
    )


def _make_poster(target: Path, name: str, duration: float) -> None:
    """A typical picture of those after the opening."""
    ffmpeg.run(
        *("-v", "error", "-ss", f"{duration * 0.1:.3f}", "-i", target / name / "index.m3u8"),
        *("-vf", f"thumbnail=50,scale='min({POSTER},iw)':-2", "-frames:v", "1"),
        *("-c:v", "libwebp", "-quality", "82", target / "poster.webp"),
    )


def _make_sprite(target: Path, smallest: dict[str, Any], duration: float) -> dict[str, int]:
    """The timeline's pictures in one; key pictures are enough."""
    step = max(KEY, math.ceil(duration / SPRITE["most"]))
    count = max(1, math.ceil(duration / step))
    width, (across, down) = SPRITE["width"], _size(smallest)
    height = even(width * down / across)
    columns = SPRITE["columns"]
    tiles = f"fps=1/{step}:round=up:start_time=0,scale={width}:{height},tile={columns}x"
    ffmpeg.run(
        *(
            "-v",
            "error",
            "-skip_frame",
            "nokey",
            "-i",
            target / smallest["name"] / "index.m3u8",
        ),
        *("-vf", f"{tiles}{math.ceil(count / columns)}", "-frames:v", "1"),
        *("-c:v", "libwebp", "-quality", "60", target / "sprite.webp"),
    )
    return {"step": step, "columns": columns, "width": width, "height": height, "count": count}


# -- telling what was made


def _rendition(target: Path, width: int, height: int) -> dict[str, Any]:
    name = _name((width, height))
    init = (target / name / "init.mp4").read_bytes()
    start = init.index(b"avcC") + 5  # behind the name and the version: profile and level
    codecs = f"avc1.{init[start : start + 3].hex()}"
    size = {"width": width, "height": height}
    return {"name": name, **size, "codecs": codecs, **_streamed(target / name)}


def _sound_rendition(target: Path) -> dict[str, Any]:
    return {"name": "sound", "codecs": "mp4a.40.2", **_streamed(target / "sound")}


def _streamed(folder: Path) -> dict[str, Any]:
    """The segments' lengths in seconds, and the most bits that one of their seconds has."""
    playlist = folder / "index.m3u8"
    lengths = [
        float(length) for length in re.findall(r"#EXTINF:([\d.]+)", playlist.read_text())
    ]
    files = sorted(folder.glob("*.m4s"))
    loads = [
        file.stat().st_size * 8 / max(length, 1)
        for file, length in zip(files, lengths, strict=True)
    ]
    return {"bandwidth": math.ceil(max(loads)), "segments": [round(one, 3) for one in lengths]}


def _name(size: tuple[int, int]) -> str:
    return str(min(size))


def _size(rendition: dict[str, Any]) -> tuple[int, int]:
    return rendition["width"], rendition["height"]
