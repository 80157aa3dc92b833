"""Tiny films as people hand them in, made by ffmpeg; each is made once."""

import subprocess
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import imageio_ffmpeg

from conference.management.commands.demo_recordings import show
from conference.models import Recording, Video

QUICK = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "10")


@cache
def film(
    *more: str,
    size: str = "160x90",
    rate: int = 10,
    seconds: float = 2,
    has_picture: bool = True,
    has_sound: bool = True,
    name: str = "film.mp4",
    video: tuple[str, ...] = QUICK,
) -> bytes:
    """A test picture with a tone. ``more`` are ffmpeg's arguments for the result, ``video``
    those of its pictures; the name's ending says which container it is.
    """
    pictures = f"testsrc2=size={size}:rate={rate}:duration={seconds}"
    sources = [*(["-f", "lavfi", "-i", pictures] if has_picture else [])]
    if has_sound:
        sources += ["-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}"]
    with TemporaryDirectory() as directory:
        path = Path(directory) / name
        ffmpeg(
            *sources,
            *(video if has_picture else ()),
            *(("-c:a", "aac", "-b:a", "48k") if has_sound else ()),
            *(("-movflags", "+faststart") if name.endswith((".mp4", ".m4a", ".mov")) else ()),
            *more,
            str(path),
        )
        return path.read_bytes()


def ffmpeg(*arguments: str) -> None:
    start = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y"]
    subprocess.run([*start, *arguments], check=True)


@cache
def small_video() -> bytes:
    """Three seconds, playable everywhere."""
    return film(size="320x180", seconds=3)


def with_film(recording: Recording, body: bytes, seconds: float = 3) -> Video:
    """Give the recording a plain film that is ready."""
    return show(recording, body, timedelta(seconds=seconds))
