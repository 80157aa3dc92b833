"""ffmpeg as a process: its progress, its reasons, and what it says a file holds.

There is no ffprobe beside it, and a second library would be another ffmpeg, which might see
the file otherwise than the one that does the work: so it is asked itself.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryFile
from typing import NamedTuple

import imageio_ffmpeg

CHILD = Path(__file__).parent / "child.py"
LONGEST_REASON = 300  # letters
WHO = re.compile(r"\[[^\]]* @ 0x[0-9a-f]+\] ?")  # which of its parts says so
# “Error opening input file PATH.” and the like say nothing that the others do not.
IDLE = re.compile(rf"{re.escape(os.sep)}|misdetection possible")
DURATION = re.compile(r"Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)")
STREAM = re.compile(r"Stream #0:\d+.*?: (Video|Audio): (.*)")
SIZE = re.compile(r", (\d{1,5})x(\d{1,5})")
ASPECT = re.compile(r"SAR (\d+):(\d+)")
RATE = re.compile(r"([\d.]+)(k?) (?:fps|tbr)")
ROTATION = re.compile(r"rotation of (-?[\d.]+) degrees")
HDR = ("smpte2084", "arib-std-b67")
MOST_RATE = 60  # what claims more counts in the ticks of its clock, not in pictures


class FfmpegError(Exception):
    """Carries ffmpeg's own reason, in its words."""


class Contents(NamedTuple):
    """What a file says it holds; ``size`` in pixels as they are shown, upright and square.

    ``seconds`` is None where the file does not know; ``size`` is None without pictures.
    """

    seconds: float | None
    size: tuple[int, int] | None
    rate: float
    is_hdr: bool
    has_sound: bool


def run(*arguments: str | Path, on_progress: Callable[[float], None] | None = None) -> str:
    """What it said, once it is done; raises ``FfmpegError``.

    ``on_progress`` is told, twice a second, how many seconds of the film are done; what it
    raises ends ffmpeg.
    """
    python = [sys.executable, "-I", str(CHILD), imageio_ffmpeg.get_ffmpeg_exe()]
    how = ["-hide_banner", "-nostdin", "-y", "-nostats", "-progress", "pipe:1"]
    command = [*python, *how, *map(str, arguments)]
    with TemporaryFile() as said:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said)  # noqa: S603
        try:
            for line in process.stdout or ():
                name, _equals, value = line.decode().partition("=")
                if on_progress and name == "out_time_us" and value.strip().isdigit():
                    on_progress(int(value) / 1_000_000)
            code = process.wait()
        finally:
            process.kill()
            process.wait()
            if process.stdout:
                process.stdout.close()
        said.seek(0)
        text = said.read().decode(errors="replace")
    if code:
        raise FfmpegError(reason(text))
    return text


def reason(said: str) -> str:
    """The first and the last thing it complained of, without addresses and paths."""
    lines = [WHO.sub("", line).strip() for line in said.splitlines()]
    words = [line.rpartition(": ")[2] for line in lines if line and not IDLE.search(line)]
    ends = dict.fromkeys([*words[:1], *words[-1:]])
    return "; ".join(ends)[:LONGEST_REASON] or "no reason"


def look(path: Path) -> Contents:
    """Raises ``FfmpegError`` for what is no film and no sound."""
    said = run("-v", "info", "-i", path, "-f", "ffmetadata", os.devnull)
    streams = [match.groups() for match in STREAM.finditer(said)]
    pictures = [
        text for kind, text in streams if kind == "Video" and "(attached pic)" not in text
    ]
    text = pictures[0] if pictures else ""
    return Contents(
        seconds=_seconds(said),
        size=_size(text, said),
        rate=_rate(text),
        is_hdr=any(word in text for word in HDR),
        has_sound=any(kind == "Audio" for kind, _text in streams),
    )


def _seconds(said: str) -> float | None:
    if match := DURATION.search(said):
        return int(match[1]) * 3600 + int(match[2]) * 60 + float(match[3])
    return None


def _size(stream: str, said: str) -> tuple[int, int] | None:
    match = SIZE.search(stream)
    if match is None:
        return None
    width, height = int(match[1]), int(match[2])
    if (aspect := ASPECT.search(stream)) and int(aspect[1]) and int(aspect[2]):
        width = round(width * int(aspect[1]) / int(aspect[2]))
    rotation = ROTATION.search(said)
    is_turned = rotation and round(float(rotation[1])) % 180 == 90
    return (height, width) if is_turned else (width, height)


def _rate(stream: str) -> float:
    """Pictures per second: its average, which a varying rate has too."""
    rates = [float(number) * (1000 if kilo else 1) for number, kilo in RATE.findall(stream)]
    return next((rate for rate in rates if 0 < rate <= MOST_RATE), 25.0)
